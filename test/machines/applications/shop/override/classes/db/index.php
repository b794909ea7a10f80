<?php // Nothing to list.
