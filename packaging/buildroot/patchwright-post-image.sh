#!/bin/sh
# Judges the image with Patchwright when Buildroot has built it.
#
#   BR2_ROOTFS_POST_IMAGE_SCRIPT="…/patchwright-post-image.sh"
#
# Buildroot sets CONFIG_DIR, BUILD_DIR, TARGET_DIR and BINARIES_DIR. Settings come from the environment, or from the file
# that PATCHWRIGHT_SETTINGS names (default: patchwright.settings beside this script):
#
#   PATCHWRIGHT           the program (default: patchwright)
#   PATCHWRIGHT_INDEX     the knowledge: an index file (default: the starter knowledge)
#   PATCHWRIGHT_PROFILE   how the product is installed (TOML)
#   PATCHWRIGHT_FAIL_ON   what fails the build, for example immediate,kev (docs/manual/gate.md)
#   PATCHWRIGHT_BASELINE  an earlier result; what was there already fails nothing
#   PATCHWRIGHT_MAX_AGE   knowledge older than this fails a gate (default: 7d)
#   PATCHWRIGHT_OPTIONS   further options of `patchwright scan`
#   PATCHWRIGHT_UPLOAD    PRODUCT@VERSION: sends SBOM and evidence to PATCHWRIGHT_SERVER (token in PATCHWRIGHT_TOKEN)
#
# Results: $BINARIES_DIR/patchwright/{report.html,result.json,result.sarif,result.txt}.
set -eu

: "${CONFIG_DIR:?this script is for BR2_ROOTFS_POST_IMAGE_SCRIPT; Buildroot sets CONFIG_DIR}"
: "${BUILD_DIR:?Buildroot sets BUILD_DIR}"
: "${BINARIES_DIR:?Buildroot sets BINARIES_DIR}"
settings="${PATCHWRIGHT_SETTINGS:-$(dirname "$0")/patchwright.settings}"
if [ -f "$settings" ]; then
    # shellcheck source=/dev/null
    . "$settings"
fi
program="${PATCHWRIGHT:-patchwright}"
out="$BINARIES_DIR/patchwright"
rm -rf "$out"
mkdir -p "$out/evidence"

# A make inside of make would share its jobs and flags.
unset MAKEFLAGS MFLAGS MAKEOVERRIDES MAKELEVEL 2>/dev/null || true
if ! make -s -C "$CONFIG_DIR" show-info > "$out/show-info.json"; then
    echo "patchwright: make show-info failed in $CONFIG_DIR" >&2
    exit 1
fi
set -- "$out/show-info.json"

# Configurations of what is on the target; headers and firmware have the name only.
for dir in "$BUILD_DIR"/linux-* "$BUILD_DIR"/uboot-* "$BUILD_DIR"/busybox-*; do
    name=$(basename "$dir")
    case "$name" in linux-headers-* | linux-firmware* | linux-pam* | linux-tools*) continue ;; esac
    [ -f "$dir/.config" ] || continue
    cp "$dir/.config" "$out/evidence/$name.config"
    set -- "$@" "$out/evidence/$name.config"
    # What was compiled: make leaves a .NAME.o.cmd beside each object.
    (cd "$dir" && find . -name '.*.o.cmd' | sed 's,^\./,,; s,/\.\([^/]*\)\.cmd$,/\1,; s,^\.\([^/]*\)\.cmd$,\1,' | LC_ALL=C sort) > "$out/evidence/$name.files"
    if [ -s "$out/evidence/$name.files" ]; then
        set -- "$@" "$out/evidence/$name.files"
    else
        rm "$out/evidence/$name.files"
    fi
done
modules=$(find "${TARGET_DIR:-/nonexistent}/lib/modules" -name modules.dep 2>/dev/null | head -n 1 || true)
if [ -n "$modules" ] && [ -s "$modules" ]; then
    cp "$modules" "$out/evidence/modules.dep"
    set -- "$@" "$out/evidence/modules.dep"
fi

if [ -n "${PATCHWRIGHT_UPLOAD:-}" ]; then
    "$program" upload "$PATCHWRIGHT_UPLOAD" "$@" --quiet || echo "patchwright: the server took nothing (code $?)" >&2
fi
set -- "$@" --out "html=$out/report.html" --out "json=$out/result.json" --out "sarif=$out/result.sarif" --quiet
if [ -n "${PATCHWRIGHT_INDEX:-}" ]; then set -- "$@" --index "$PATCHWRIGHT_INDEX"; fi
if [ -n "${PATCHWRIGHT_PROFILE:-}" ]; then set -- "$@" --profile "$PATCHWRIGHT_PROFILE"; fi
if [ -n "${PATCHWRIGHT_BASELINE:-}" ]; then set -- "$@" --baseline "$PATCHWRIGHT_BASELINE"; fi
if [ -n "${PATCHWRIGHT_FAIL_ON:-}" ]; then
    set -- "$@" --fail-on "$PATCHWRIGHT_FAIL_ON" --max-index-age "${PATCHWRIGHT_MAX_AGE:-7d}"
fi
code=0
# shellcheck disable=SC2086 # several options in one variable
"$program" scan "$@" ${PATCHWRIGHT_OPTIONS:-} > "$out/result.txt" || code=$?
case "$code" in
    0) echo "patchwright: $out/report.html" ;;
    1) echo "patchwright: the gate failed; see $out/report.html" >&2 ;;
    4) echo "patchwright: the gate could not see enough; see $out/result.txt" >&2 ;;
    *) echo "patchwright: ended with code $code" >&2 ;;
esac
exit "$code"
