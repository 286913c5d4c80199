#!/bin/sh
# Given the version of sao, puts the client into ./www with the library files that its page and style sheet name.
set -eu
libraries="jquery@3.7.1 bootstrap@3.4.1 moment@2.30.1 gettext.js@2.0.3 d3@7.9.0 billboard.js@3.17.2 papaparse@5.5.3
  fullcalendar@3.10.5 mousetrap@1.6.5 sortablejs@1.15.6"

# Given name@version and a folder, unpacks the package there.
unpack() {
  mkdir -p "$2"
  tar --extract --gzip --file "$1" --directory "$2" --strip-components=1 --no-same-owner --no-same-permissions
}

# All at once: npm spends most of its time waiting.
# shellcheck disable=SC2086  (one word for each library)
npm pack --silent "tryton-sao@$1" $libraries > /dev/null
unpack tryton-sao-*.tgz www
rm -rf www/src www/tests www/Gruntfile.js www/package.json www/locale/*.po
for library in $libraries; do
  name="${library%@*}"
  unpack "$name-${library##*@}.tgz" "all/node_modules/$name"
done
grep --only-matching --extended-regexp 'node_modules/[A-Za-z0-9./_-]+' www/index.html www/dist/tryton-sao.css \
  | sed 's/.*:node_modules/node_modules/' | sort --unique | while read -r file; do
    install -D --mode=0644 "all/$file" "www/$file"
  done
# The page asks for two optional files of a site's own.
touch www/custom.js www/custom.css
