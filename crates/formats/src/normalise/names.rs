//! What a component's name says: wrappers around the real name, where it runs, what it is, and whose tree
//! it comes from (matching.md 1.3, rules 1, 5 and 8).

use model::component::{Component, Role, Scope};

use super::identity::SEARCHED;

/// Takes wrappers off a recipe or package name: `lib32-`, `nativesdk-`, `-native`, `-cross-x86_64`, `host-`.
/// Returns the bare name and whether the wrapper says that it does not run on the target.
pub fn unwrap(name: &str) -> (&str, bool) {
    let mut bare = name;
    let mut build_only = false;
    for start in ["lib32-", "lib64-", "libx32-"] {
        bare = bare.strip_prefix(start).unwrap_or(bare);
    }
    if let Some(rest) = bare.strip_prefix("nativesdk-") {
        (bare, build_only) = (rest, true);
    }
    if let Some(rest) = bare.strip_suffix("-native") {
        (bare, build_only) = (rest, true);
    }
    if !bare.contains("-cross") {
        return (bare, build_only);
    }
    for mark in ["-cross-canadian", "-crosssdk", "-cross"] {
        if let Some((front, rest)) = bare.split_once(mark)
            && !front.is_empty()
            && (rest.is_empty() || rest.starts_with('-'))
        {
            return (front, true);
        }
    }
    (bare, build_only)
}

/// Sets scope, role and vendor tree, and gathers the names. What the reader has set already stays.
pub fn settle(component: &mut Component) {
    let name = std::mem::take(&mut component.name);
    let (bare, build_only) = unwrap(&name);
    let bare =
        if component.scope == Scope::BuildOnly { bare.strip_prefix("host-").unwrap_or(bare) } else { bare };
    if build_only && component.scope == Scope::Target {
        component.scope = Scope::BuildOnly;
    }
    let key = bare.to_ascii_lowercase();
    let role = role_of(component, &key.replace('_', "-"));
    if role != Role::Other {
        component.role = role;
    }
    if component.scope == Scope::Target {
        component.scope = scope_of(&key);
    }
    if component.vendor_tree.is_empty() && matches!(component.role, Role::Kernel | Role::Bootloader) {
        component.vendor_tree = vendor_tree(component, &key);
    }
    gather(component, &name, bare);
    component.name = name;
}

/// Collects every other name: bare name, source package, CPE products, purl names.
fn gather(component: &mut Component, name: &str, bare: &str) {
    let mut names = std::mem::take(&mut component.names);
    names.retain(|known| known != name && !matches!(known.as_str(), "" | "*" | "-"));
    let cpes = component.cpes.iter().map(|cpe| cpe.cpe.product.as_str());
    let purls = component.purls.iter().map(|purl| purl.name.as_str());
    for other in [bare, component.source_package.as_str()].into_iter().chain(cpes).chain(purls) {
        if other != name
            && !matches!(other, "" | "*" | "-")
            && (names.len() >= SEARCHED || !names.iter().any(|known| known == other))
        {
            names.push(other.to_owned());
        }
    }
    component.names = names;
}

fn scope_of(name: &str) -> Scope {
    const TOOLCHAIN: &[&str] = &[
        "gcc-runtime",
        "gcc-final",
        "libgcc",
        "libgcc1",
        "libgcc-s1",
        "libstdc++",
        "libstdc++6",
        "compiler-rt",
        "libcxx",
        "libatomic",
        "libatomic1",
        "libgomp",
        "libgomp1",
        "gcc-libs",
    ];
    // Headers are there to compile against; there is nothing of them that runs.
    const HEADERS: &[&str] = &["linux-headers", "linux-libc-headers", "kernel-headers", "linux-api-headers"];
    if HEADERS.contains(&name) {
        Scope::BuildOnly
    } else if TOOLCHAIN.contains(&name) {
        Scope::ToolchainRuntime
    } else if is_firmware(name) {
        Scope::FirmwareBlob
    } else {
        Scope::Target
    }
}

fn is_firmware(name: &str) -> bool {
    let tee = name.contains("trusted-firmware");
    !tee && (name == "linux-firmware"
        || name.starts_with("linux-firmware-")
        || name.starts_with("firmware-")
        || name.ends_with("-firmware"))
}

fn role_of(component: &Component, name: &str) -> Role {
    if is_kernel(component, name) {
        return Role::Kernel;
    }
    if name.starts_with("kernel-module-") || name.starts_with("kmod-") {
        return Role::Module;
    }
    if is_firmware(name) {
        return Role::Firmware;
    }
    ROLES.iter().find(|(is, _)| is(name)).map_or(Role::Other, |(_, role)| *role)
}

type RoleRule = (fn(&str) -> bool, Role);

const ROLES: &[RoleRule] = &[
    (is_bootloader, Role::Bootloader),
    (
        |name| {
            ["glibc", "eglibc", "musl", "uclibc", "uclibc-ng", "newlib", "picolibc", "bionic"].contains(&name)
        },
        Role::Libc,
    ),
    (|name| name == "busybox", Role::Busybox),
    (is_tee, Role::Tee),
    (is_rtos, Role::Rtos),
];

fn is_bootloader(name: &str) -> bool {
    let boot = ["u-boot", "uboot"]
        .iter()
        .any(|start| name.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('-')));
    let tool = ["tools", "env", "mkimage", "mkenvimage", "fw-utils", "scr", "script", "config"];
    let is_tool = tool.iter().any(|end| name.split('-').any(|part| part == *end));
    (boot && !is_tool)
        || [
            "barebox",
            "grub",
            "grub2",
            "grub-efi",
            "systemd-boot",
            "syslinux",
            "coreboot",
            "at91bootstrap",
            "at91bootstrap3",
            "das-u-boot",
            "das u-boot",
        ]
        .contains(&name)
}

fn is_tee(name: &str) -> bool {
    name == "optee-os"
        || name.starts_with("optee-os-")
        || name == "tf-a"
        || name.starts_with("tf-a-")
        || name.starts_with("trusted-firmware-")
        || name == "arm-trusted-firmware"
        || name.starts_with("atf-")
}

fn is_rtos(name: &str) -> bool {
    [
        "zephyr",
        "zephyr-kernel",
        "freertos",
        "freertos-kernel",
        "threadx",
        "azure-rtos-threadx",
        "nuttx",
        "rt-thread",
        "riot",
        "riot-os",
        "contiki",
        "contiki-ng",
        "mbed-os",
        "chibios",
        "rtems",
    ]
    .contains(&name)
}

/// The kernel itself: by the name of its recipe, or by the kernel's CPE under a name that is none of the
/// things that share it (headers, perf, firmware).
fn is_kernel(component: &Component, name: &str) -> bool {
    const EXACT: &[&str] = &[
        "linux",
        "kernel",
        "linux-kernel",
        "linux-yocto",
        "linux-stable",
        "linux-mainline",
        "linux-vanilla",
        "linux-lts",
        "linux-hardened",
        "linux-rt",
        "linux-dummy-kernel",
        "linux-custom",
    ];
    let named = name.starts_with("linux") || name.starts_with("kernel");
    if named && (EXACT.contains(&name) || name.starts_with("linux-yocto-") || kernel_vendor(name).is_some()) {
        return !is_kernel_satellite(name);
    }
    if name.starts_with("linux-image")
        || name.starts_with("kernel-image")
        || starts_with_version(name, "kernel-")
    {
        return true;
    }
    let has_cpe = component.cpes.iter().any(|cpe| cpe.cpe.product == "linux_kernel" && cpe.cpe.part != "a");
    has_cpe && !is_kernel_satellite(name)
}

/// `kernel-6.12.38-yocto-standard`.
fn starts_with_version(name: &str, start: &str) -> bool {
    name.strip_prefix(start).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn is_kernel_satellite(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "headers",
        "perf",
        "tools",
        "cpupower",
        "bpftool",
        "libbpf",
        "objtool",
        "kselftest",
        "selftests",
        "turbostat",
        "devsrc",
        "doc",
        "docs",
        "dev",
        "devel",
        "firmware",
        "module",
        "modules",
        "kmod",
        "pam",
        "usbip",
        "iio",
        "gpio",
        "hyperv",
        "libc",
        "dbg",
        "source",
        "devicetree",
        "dtb",
    ];
    name.split('-').any(|part| PARTS.contains(&part))
}

/// Recipe names of vendor kernels and boot loaders, and whose tree they are.
const TREES: &[(&str, &str)] = &[
    ("linux-imx", "nxp-imx"),
    ("linux-fslc-imx", "nxp-imx"),
    ("linux-fslc-lts", "fslc"),
    ("linux-fslc", "fslc"),
    ("linux-qoriq", "nxp-qoriq"),
    ("linux-s32", "nxp-s32"),
    ("linux-ti", "ti"),
    ("linux-bb", "beagleboard"),
    ("linux-beagleboard", "beagleboard"),
    ("linux-intel", "intel"),
    ("linux-raspberrypi", "raspberrypi"),
    ("linux-rpi", "raspberrypi"),
    ("linux-renesas", "renesas"),
    ("linux-rz", "renesas"),
    ("linux-xlnx", "xilinx"),
    ("linux-xilinx", "xilinx"),
    ("linux-stm32mp", "stm32mp"),
    ("linux-at91", "microchip"),
    ("linux4sam", "microchip"),
    ("linux-mchp", "microchip"),
    ("linux-microchip", "microchip"),
    ("linux-rockchip", "rockchip"),
    ("linux-tegra", "nvidia-tegra"),
    ("linux-jammy-nvidia-tegra", "nvidia-tegra"),
    ("linux-noble-nvidia-tegra", "nvidia-tegra"),
    ("linux-qcom", "qualcomm"),
    ("linux-linaro-qcomlt", "qualcomm"),
    ("linux-altera", "intel-socfpga"),
    ("linux-socfpga", "intel-socfpga"),
    ("linux-variscite", "variscite"),
    ("linux-toradex", "toradex"),
    ("linux-boundary", "boundary"),
    ("linux-phytec", "phytec"),
    ("linux-phy", "phytec"),
    ("linux-meson", "amlogic"),
    ("linux-amlogic", "amlogic"),
    ("linux-odroid", "odroid"),
    ("linux-sunxi", "sunxi"),
    ("linux-mtk", "mediatek"),
    ("linux-mediatek", "mediatek"),
    ("linux-engicam", "engicam"),
    ("linux-compulab", "compulab"),
    ("linux-karo", "karo"),
    ("linux-kontron", "kontron"),
    ("linux-seco", "seco"),
    ("linux-digi", "digi"),
    ("linux-dey", "digi"),
    ("linux-gateworks", "gateworks"),
    ("linux-cip", "cip"),
    ("linux-aspeed", "aspeed"),
    ("linux-nuvoton", "nuvoton"),
    ("linux-lmp", "foundries"),
];

fn kernel_vendor(name: &str) -> Option<&'static str> {
    TREES.iter().find(|(recipe, _)| is_recipe(name, recipe)).map(|(_, vendor)| *vendor)
}

/// The vendor whose tree a kernel's release names (`5.15.71-imx8mp`, `4.9.337-tegra`).
pub fn vendor_of_release(release: &str) -> Option<&'static str> {
    let words = release.split(['-', '_', '+']).skip(1).map(str::to_ascii_lowercase);
    words.filter(|word| !word.is_empty()).find_map(|word| kernel_vendor(&format!("linux-{word}")))
}

fn is_recipe(name: &str, recipe: &str) -> bool {
    name.strip_prefix(recipe).is_some_and(|rest| {
        rest.is_empty() || rest.starts_with('-') || rest.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The vendor of a kernel or boot loader tree: by the recipe's name, else by whose repository it is from.
fn vendor_tree(component: &Component, bare: &str) -> String {
    let as_linux = ["u-boot-", "uboot-"]
        .iter()
        .find_map(|start| bare.strip_prefix(start))
        .map(|rest| format!("linux-{rest}"));
    for name in [Some(bare), as_linux.as_deref()].into_iter().flatten() {
        if let Some(vendor) = kernel_vendor(name) {
            return vendor.to_owned();
        }
    }
    for url in &component.download_urls {
        let file = url.rsplit('/').next().unwrap_or_default().to_ascii_lowercase();
        if let Some((_, vendor)) = TREES.iter().find(|(recipe, _)| is_recipe(&file, recipe)) {
            return (*vendor).to_owned();
        }
    }
    component.git.repositories.iter().find_map(|repository| owner_of_fork(repository)).unwrap_or_default()
}

/// `github.com/raspberrypi/linux` is `raspberrypi`'s; the projects' own homes are nobody's fork.
fn owner_of_fork(repository: &str) -> Option<String> {
    let mut parts = repository.split('/');
    let (host, owner) = (parts.next()?, parts.next()?);
    let name = parts.next()?;
    let upstream = [
        "torvalds",
        "gregkh",
        "u-boot",
        "u-boot-project",
        "rhboot",
        "barebox",
        "arm-software",
        "stable",
        "linux",
    ];
    let forge = host == "github.com"
        || host.starts_with("gitlab.")
        || host == "codeberg.org"
        || host == "bitbucket.org";
    let tree = ["linux", "u-boot", "uboot", "kernel"].iter().any(|word| name.contains(word));
    (forge && tree && !upstream.contains(&owner)).then(|| match owner {
        "nxp-imx" | "freescale" => "nxp-imx".to_owned(),
        "stmicroelectronics" => "stm32mp".to_owned(),
        "linux4sam" | "linux4microchip" => "microchip".to_owned(),
        "analogdevicesinc" => "adi".to_owned(),
        other => other.to_owned(),
    })
}
