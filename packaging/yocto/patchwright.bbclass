# Judges each image with Patchwright when it is built: report, JSON and SARIF beside the image, and a gate.
#
# In local.conf or the distribution's configuration:
#
#   INHERIT += "create-spdx"                       # the SBOM; on by default in newer releases
#   SPDX_INCLUDE_COMPILED_SOURCES = "1"            # which source files were compiled (Yocto 5.1 and newer)
#   IMAGE_CLASSES += "patchwright"
#   PATCHWRIGHT = "/usr/local/bin/patchwright"     # the whole path: BitBake hides the rest of PATH
#   PATCHWRIGHT_INDEX = "/srv/knowledge/index/current"
#   PATCHWRIGHT_PROFILE = "${TOPDIR}/conf/gateway.toml"
#   PATCHWRIGHT_FAIL_ON = "immediate,kev"
#
# `bitbake IMAGE -c patchwright` judges again without building. All variables: docs/manual/build-systems.md.
# Tried with the shell and invented images, not yet inside BitBake.

PATCHWRIGHT ?= "/usr/bin/patchwright"
# The knowledge: an index file. Empty: the small starter knowledge inside the program.
PATCHWRIGHT_INDEX ?= ""
# How the product is installed (TOML). Empty: inferred from the SBOM.
PATCHWRIGHT_PROFILE ?= ""
# What fails the build (docs/manual/gate.md). Empty: nothing.
PATCHWRIGHT_FAIL_ON ?= ""
# An earlier result; what was there already fails nothing.
PATCHWRIGHT_BASELINE ?= ""
# Knowledge older than this fails a gate.
PATCHWRIGHT_MAX_AGE ?= "7d"
# When the gate cannot see enough: "fatal" or "warn".
PATCHWRIGHT_BLIND ?= "fatal"
# Further options of `patchwright scan` (--decisions FILE, --rules FILE, --max-unevaluated 40).
PATCHWRIGHT_OPTIONS ?= ""
# Sends SBOM and evidence to a server, too: PRODUCT@VERSION and the address; the token is in PATCHWRIGHT_TOKEN.
PATCHWRIGHT_UPLOAD ?= ""
PATCHWRIGHT_SERVER ?= ""
PATCHWRIGHT_DIR ?= "${DEPLOY_DIR_IMAGE}/patchwright"
PATCHWRIGHT_SBOM ?= "${DEPLOY_DIR_IMAGE}/${IMAGE_LINK_NAME}.spdx"

do_patchwright() {
    sbom=""
    for end in json tar.zst tar.gz; do
        if [ -f "${PATCHWRIGHT_SBOM}.$end" ]; then
            sbom="${PATCHWRIGHT_SBOM}.$end"
            break
        fi
    done
    if [ -z "$sbom" ]; then
        bbfatal "there is no ${PATCHWRIGHT_SBOM}.json and no ${PATCHWRIGHT_SBOM}.tar.zst: set INHERIT += \"create-spdx\", or PATCHWRIGHT_SBOM to the name of the SBOM without its ending"
    fi
    mkdir -p "${PATCHWRIGHT_DIR}"
    out="${PATCHWRIGHT_DIR}/${IMAGE_LINK_NAME}"

    set -- "$sbom"
    if [ -f "${STAGING_KERNEL_BUILDDIR}/.config" ]; then
        cp "${STAGING_KERNEL_BUILDDIR}/.config" "$out.kernel.config"
        set -- "$@" "$out.kernel.config"
    else
        bbnote "no kernel configuration in ${STAGING_KERNEL_BUILDDIR}: nothing is excluded by it"
    fi
    if [ -n "${PATCHWRIGHT_UPLOAD}" ]; then
        "${PATCHWRIGHT}" upload "${PATCHWRIGHT_UPLOAD}" "$@" --server "${PATCHWRIGHT_SERVER}" --quiet || bbwarn "Patchwright: the server took nothing (code $?)"
    fi

    set -- "$@" --out "html=$out.html" --out "json=$out.json" --out "sarif=$out.sarif" --format table --quiet
    [ -z "${PATCHWRIGHT_INDEX}" ] || set -- "$@" --index "${PATCHWRIGHT_INDEX}"
    [ -z "${PATCHWRIGHT_PROFILE}" ] || set -- "$@" --profile "${PATCHWRIGHT_PROFILE}"
    [ -z "${PATCHWRIGHT_BASELINE}" ] || set -- "$@" --baseline "${PATCHWRIGHT_BASELINE}"
    [ -z "${PATCHWRIGHT_FAIL_ON}" ] || set -- "$@" --fail-on "${PATCHWRIGHT_FAIL_ON}" --max-index-age "${PATCHWRIGHT_MAX_AGE}"

    code=0
    "${PATCHWRIGHT}" scan "$@" ${PATCHWRIGHT_OPTIONS} > "$out.txt" 2> "$out.log" || code=$?
    case "$code" in
        0) bbplain "Patchwright: $out.html" ;;
        1) cat "$out.log" >&2; bbfatal "Patchwright: the gate failed; see $out.html and $out.log" ;;
        4) cat "$out.log" >&2
           if [ "${PATCHWRIGHT_BLIND}" = "warn" ]; then
               bbwarn "Patchwright: the gate could not see enough; see $out.log"
           else
               bbfatal "Patchwright: the gate could not see enough (PATCHWRIGHT_BLIND = \"warn\" lets it pass); see $out.log"
           fi ;;
        *) cat "$out.log" >&2; bbfatal "Patchwright ended with code $code; see $out.log" ;;
    esac
}

# Knowledge changes without the build: an old answer must not stand because the image is the same.
do_patchwright[nostamp] = "1"
# Only an upload needs it.
do_patchwright[network] = "1"
do_patchwright[depends] += "virtual/kernel:do_shared_workdir"
do_patchwright[dirs] = "${TOPDIR}"

addtask patchwright after do_image_complete before do_build

python __anonymous() {
    # SPDX 3 writes the SBOM of an image in a task of its own; SPDX 2.2 writes it with the image.
    if d.getVarFlag("do_create_image_sbom_spdx", "task", False):
        bb.build.addtask("do_patchwright", "do_build", "do_create_image_sbom_spdx", d)
}
