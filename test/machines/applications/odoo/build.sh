#!/bin/sh
# build.sh WORK TARGET: the real Odoo 19 of Debian unstable as one package that a Debian 12 machine can unpack. Needs the Debian archive and PyPI.
#
# Debian 12 has no Odoo, and Odoo's own package is on Odoo's server alone. Debian's package depends on the Python of unstable, so its Python
# libraries come from PyPI for Debian 12's Python (3.11), and its links into /usr/share are replaced by the files that they lead to.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$1
target=$2
# What Odoo installs with its base by itself, and the module mail, whose code one of these uses.
modules="api_doc auth_passkey auth_totp base base_import base_import_module base_setup bus html_editor iap mail rpc web web_tour web_unsplash"
assets="libjs-jquery libjs-jquery-form libjs-underscore fonts-font-awesome fonts-inconsolata fonts-montserrat fonts-ocr-b fonts-roboto-unhinted"

mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/debs" "$work/wheels"
cd "$work"
: >status
# The mirror of the computer's own sources, which has every suite of Debian.
# shellcheck disable=SC2016
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE)' "Created-By: Packages" | sed -n 's/ bookworm$//p' | head -n 1)
[ -n "$mirror" ] || { echo "the package sources of this computer name no mirror of Debian 12 (bookworm)" >&2; exit 1; }
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror unstable main" >sources
cat >apt.conf <<END
Dir::State "$work"; Dir::State::Lists "$work/lists"; Dir::Cache "$work"; Dir::Cache::archives "$work/archives"; Dir::Etc::SourceList "$work/sources";
Dir::Etc::SourceParts "-"; Dir::State::status "$work/status"; Acquire::Languages "none"; APT::Architecture "amd64"; APT::Sandbox::User "root";
END
apt-get -q -c apt.conf -o Debug::NoLocking=1 update
# shellcheck disable=SC2086
(cd debs && apt-get -q -c ../apt.conf -o Debug::NoLocking=1 download odoo-19 $assets)
python3 -m pip download --quiet --only-binary=:all: --no-deps --python-version 3.11 --implementation cp --abi cp311 --abi abi3 --abi none \
  --platform manylinux2014_x86_64 --platform manylinux_2_17_x86_64 --platform manylinux_2_28_x86_64 -d wheels -r "$here/requirements.txt"

rm -rf root share
mkdir root share
dpkg-deb -x debs/odoo-19_*.deb root
for each in debs/*.deb; do
  case $each in debs/odoo-19_*) ;; *) dpkg-deb -x "$each" share ;; esac
done
packages=root/usr/lib/python3/dist-packages
# Of the modules that are not kept only the manifests: the module base names their categories.
for folder in "$packages"/odoo/addons/*/; do
  name=$(basename "$folder")
  case " $modules " in *" $name "*) continue ;; esac
  find "$folder" -mindepth 1 -maxdepth 1 ! -name __manifest__.py ! -name __init__.py -exec rm -rf {} +
  : >"$folder/__init__.py"
done
find root/usr -type l | while read -r link; do
  path=$(readlink "$link" | sed -E 's#^(\.\./)+##')
  file=share/usr/$path
  # Newer packages have moved some of the fonts; pages work without one, and not with a link that leads nowhere.
  rm "$link"
  if [ -e "$file" ]; then cp -L "$file" "$link"; fi
done
test -s "$packages/odoo/addons/web/static/lib/jquery/jquery.js"
for each in wheels/*.whl; do
  python3 -m zipfile -e "$each" "$packages"
done
find "$packages" \( -name __pycache__ -o -name tests -o -name i18n \) -prune -exec rm -rf {} +
rm -rf root/DEBIAN root/usr/share/doc root/usr/share/man root/etc root/lib root/var
mkdir root/DEBIAN
printf 'Package: odoo\nVersion: 19.0.20260101\nArchitecture: amd64\nMaintainer: test <test@lor.example>\nDepends: python3, adduser\nDescription: Odoo for tests\n' \
  >root/DEBIAN/control
dpkg-deb -Zgzip -z1 --root-owner-group --build root "$target.new" >/dev/null
mv "$target.new" "$target"
