#!/usr/bin/python3
"""console_script.py NAME MODULE ARGUMENTS: runs MODULE.main() as if it were the installed command NAME."""
import importlib
import sys


def main():
    _, name, module, *arguments = sys.argv
    # Some take their defaults, such as the configuration's file, from the command's name.
    sys.argv = [name, *arguments]
    return importlib.import_module(module).main()


if __name__ == "__main__":
    sys.exit(main())
