use formats::detect::merge;
use formats::normalise::{finish, names, versions};
use model::build::{Config, ConfigOf};
use model::component::{Component, ComponentCpe, Coverage, Role, Scope};
use model::identity::Cpe;
use model::sbom::Inventory;
use proptest::prelude::*;

use crate::{expect, packs, summary};

#[test]
fn wrappers_around_names() {
    for (name, bare, build_only) in [
        ("openssl", "openssl", false),
        ("lib32-openssl", "openssl", false),
        ("lib64-glibc", "glibc", false),
        ("nativesdk-cmake", "cmake", true),
        ("curl-native", "curl", true),
        ("lib32-curl-native", "curl", true),
        ("gcc-cross-x86_64", "gcc", true),
        ("gcc-cross-canadian-aarch64", "gcc", true),
        ("binutils-crosssdk-x86_64-pokysdk-linux", "binutils", true),
        ("libtool-cross", "libtool", true),
        ("crossword", "crossword", false),
        ("red-crossing", "red-crossing", false),
        ("-native", "", true),
    ] {
        assert_eq!(names::unwrap(name), (bare, build_only), "{name}");
    }
}

#[test]
fn versions_that_say_nothing() {
    for version in [
        "",
        "custom",
        "git",
        "AUTOINC",
        "1.0+gitAUTOINC+3a4f3a5f1b",
        "0.0+gitAUTOINC+3a4f3a5f1b",
        "NOASSERTION",
        "latest",
        "master",
        "HEAD",
        "*",
        "-",
        "f4faaeaba371fff3f8d1bc14389f5e6d70ca8e17",
        "3a4f3a5",
        "Unknown",
        "n/a",
    ] {
        assert!(versions::is_unknown(version), "{version}");
    }
    for version in [
        "1.0",
        "6.6.21+gitAUTOINC+3a4f3a5f1b",
        "2024.01",
        "20240101",
        "2.41+git",
        "1.1.1w",
        "0",
        "9.6p1",
        "1.0.2zb",
        "deadbeef.1",
        "v2.5",
    ] {
        assert!(!versions::is_unknown(version), "{version}");
    }
}

#[test]
fn the_update_of_a_cpe_belongs_to_the_version() {
    for (version, name, joined) in [
        ("4.2.8", "cpe:2.3:a:ntp:ntp:4.2.8:p15:*:*:*:*:*:*", "4.2.8p15"),
        ("4.2.8p15", "cpe:2.3:a:ntp:ntp:4.2.8:p15:*:*:*:*:*:*", "4.2.8p15"),
        ("1.9.5", "cpe:2.3:a:sudo_project:sudo:1.9.5:patch1:*:*:*:*:*:*", "1.9.5p1"),
        ("3.6", "cpe:2.3:o:linux:linux_kernel:3.6:rc5:*:*:*:*:*:*", "3.6-rc5"),
        ("4.2.8", "cpe:2.3:a:ntp:ntp:4.2.7:p15:*:*:*:*:*:*", "4.2.8"),
        ("4.2.8", "cpe:2.3:a:ntp:ntp:4.2.8:*:*:*:*:*:*:*", "4.2.8"),
        ("4.2.8", "cpe:2.3:a:ntp:ntp:4.2.8:-:*:*:*:*:*:*", "4.2.8"),
        ("8.0", "cpe:2.3:a:example:thing:8.0:update_3:*:*:*:*:*:*", "8.0"),
    ] {
        let mut component = named("thing");
        component.version = version.to_owned();
        component.cpes = vec![ComponentCpe {
            cpe: Cpe::parse(name).expect("a name").cpe,
            wildcard_vendor: false,
            wildcard_part: false,
            was_22_uri: false,
            repaired: false,
        }];
        versions::recover(&mut component);
        assert_eq!(component.version, joined, "{version} {name}");
    }
}

#[test]
fn versions_out_of_file_names() {
    for (file, role, expected) in [
        ("linux-imx-lf-6.1.22-2.0.0.tar.gz", Role::Kernel, Some(("linux-imx-lf", "6.1.22"))),
        ("linux-4.19.79-ti-r30.tar.gz", Role::Kernel, Some(("linux", "4.19.79"))),
        ("linux-6.9-rc3.tar.xz", Role::Kernel, Some(("linux", "6.9-rc3"))),
        ("linux-576cc10e1ed50a9eacffc7a05c796051d7343ea4.tar.gz", Role::Kernel, None),
        ("u-boot-2024.01-rc2.tar.bz2", Role::Bootloader, Some(("u-boot", "2024.01-rc2"))),
        ("expat-2.7.1.tar.bz2", Role::Other, Some(("expat", "2.7.1"))),
        ("base-passwd_3.6.6.tar.xz", Role::Other, Some(("base-passwd", "3.6.6"))),
        ("v86d_0.1.10.orig.tar.gz", Role::Other, Some(("v86d", "0.1.10"))),
        ("autoconf-2.72e.tar.gz", Role::Other, Some(("autoconf", "2.72e"))),
        ("libedit-20250104-3.1.tar.gz", Role::Other, Some(("libedit", "20250104-3.1"))),
        ("sqlite-autoconf-3480000.tar.gz", Role::Other, Some(("sqlite-autoconf", "3.48.0"))),
        ("arm-trusted-firmware-v2.5.tar.gz", Role::Other, Some(("arm-trusted-firmware", "2.5"))),
        ("v1.2.3.tar.gz", Role::Other, Some(("", "1.2.3"))),
        ("unzip60.tar.gz", Role::Other, None),
        ("master.zip", Role::Other, None),
        ("gcc-13.tar.gz", Role::Other, None),
        ("", Role::Other, None),
    ] {
        let found = versions::split_file_name(file, role);
        let found = found.as_ref().map(|(name, version)| (name.as_str(), version.as_str()));
        assert_eq!(found, expected, "{file}");
    }
}

fn named(name: &str) -> Component {
    let mut inventory = Inventory::default();
    inventory.components.push(Component {
        name: name.to_owned(),
        version: "1.0".to_owned(),
        ..Component::default()
    });
    finish(&mut inventory);
    inventory.components.remove(0)
}

#[test]
fn roles_and_vendor_trees() {
    for (name, role, tree) in [
        ("linux", Role::Kernel, ""),
        ("linux-yocto", Role::Kernel, ""),
        ("linux-yocto-rt", Role::Kernel, ""),
        ("linux-imx", Role::Kernel, "nxp-imx"),
        ("linux-raspberrypi", Role::Kernel, "raspberrypi"),
        ("linux-ti-staging", Role::Kernel, "ti"),
        ("linux-intel", Role::Kernel, "intel"),
        ("linux-xlnx", Role::Kernel, "xilinx"),
        ("linux-renesas", Role::Kernel, "renesas"),
        ("linux-qoriq", Role::Kernel, "nxp-qoriq"),
        ("linux-libc-headers", Role::Other, ""),
        ("linux-headers", Role::Other, ""),
        ("linux-firmware", Role::Firmware, ""),
        ("linux-pam", Role::Other, ""),
        ("linuxptp", Role::Other, ""),
        ("util-linux", Role::Other, ""),
        ("u-boot", Role::Bootloader, ""),
        ("u-boot-imx", Role::Bootloader, "nxp-imx"),
        ("u-boot-tools", Role::Other, ""),
        ("uboot-tools", Role::Other, ""),
        ("libubootenv", Role::Other, ""),
        ("barebox", Role::Bootloader, ""),
        ("busybox", Role::Busybox, ""),
        ("musl", Role::Libc, ""),
        ("glibc", Role::Libc, ""),
        ("optee-os", Role::Tee, ""),
        ("trusted-firmware-a", Role::Tee, ""),
        ("zephyr", Role::Rtos, ""),
        ("zephyr-alpha", Role::Other, ""),
    ] {
        let component = named(name);
        assert_eq!((component.role, component.vendor_tree.as_str()), (role, tree), "{name}");
    }
    assert_eq!(named("linux-libc-headers").scope, Scope::BuildOnly);
    assert_eq!(named("libgcc").scope, Scope::ToolchainRuntime);
    assert_eq!(named("linux-firmware-rtl8821").scope, Scope::FirmwareBlob);
    assert_eq!(named("glibc").scope, Scope::Target);
}

/// The header of a `.config` beats a file name, and tells a kernel without a version its version; with two
/// kernels nobody can tell whose it is.
#[test]
fn a_config_header_gives_the_kernel_its_version() {
    let config = |version: &str| {
        let mut inventory = Inventory::default();
        inventory.build.configs.push(Config {
            file: ".config".to_owned(),
            of: ConfigOf::Linux,
            version: version.to_owned(),
            arch: "arm64".to_owned(),
            ..Config::default()
        });
        inventory
    };
    let sbom =
        summary::read(&expect::document("cyclonedx", "buildroot-custom-and-ignored.json"), "sbom").value;
    let kernel = |inventory: &Inventory| {
        let kernels = inventory.components.iter().filter(|component| component.role == Role::Kernel);
        kernels
            .map(|component| {
                format!("{} {} {}", component.name, component.version, component.version_origin.word())
            })
            .collect::<Vec<_>>()
    };
    assert_eq!(kernel(&sbom), ["linux 6.1.22 from_url"]);
    let merged = merge(vec![sbom.clone(), config("6.1.55")]);
    assert_eq!(kernel(&merged), ["linux 6.1.55 from_file"]);
    assert_eq!((merged.platform.arch.as_str(), merged.platform.bits), ("aarch64", 64));
    let two = summary::read(&expect::document("cyclonedx", "two-kernels.json"), "two").value;
    assert_eq!(kernel(&merge(vec![two, config("6.1.55")])).len(), 3);
}

/// All real documents and fixtures, read.
fn everything() -> Vec<(String, Inventory)> {
    let mut all = Vec::new();
    for folder in ["cyclonedx", "spdx2", "spdx3", "yocto-cve-check", "buildroot"] {
        for (name, bytes) in expect::documents(folder) {
            all.push((format!("{folder}/{name}"), summary::read(&bytes, &name).value));
        }
    }
    for (name, bytes) in packs::sboms().into_iter().flatten() {
        if let Ok(read) = formats::detect::read_inventory(bytes, name, &formats::limits::Limits::INVENTORY) {
            all.push((name.clone(), read.value));
        }
    }
    all
}

/// Normalising twice changes nothing; every component has a state, a key of its own, and a reference.
#[test]
fn what_holds_for_every_inventory() {
    for (name, inventory) in everything() {
        let mut again = inventory.clone();
        finish(&mut again);
        assert_eq!(again, inventory, "{name}: finishing twice differs");
        let mut keys: Vec<&str> =
            inventory.components.iter().map(|component| component.key.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), inventory.components.len(), "{name}: two components of one key");
        for component in &inventory.components {
            assert_eq!(component.key.len(), 16, "{name}");
            assert!(!component.name.is_empty() && !component.source_ref.is_empty(), "{name}");
            assert_eq!(
                component.coverage == Coverage::BuildOnly,
                component.scope == Scope::BuildOnly,
                "{name} {}",
                component.name
            );
            let no_version = component.notes.iter().any(|note| note.code.code() == "F_NO_VERSION");
            assert_eq!(no_version, component.version.is_empty(), "{name} {}", component.name);
        }
        let references: Vec<&str> =
            inventory.components.iter().map(|component| component.source_ref.as_str()).collect();
        for statement in inventory.statements.iter().filter(|_| !references.is_empty()) {
            for component in &statement.components {
                assert!(
                    references.contains(&component.as_str()),
                    "{name}: {} speaks of {component}",
                    statement.vulnerability
                );
            }
        }
    }
}

/// The order of the inputs changes nothing.
#[test]
fn merging_in_any_order_is_one_release() {
    let read = |folder: &str, name: &str| summary::read(&expect::document(folder, name), name).value;
    let inputs = vec![
        read("spdx3", "yocto-image.json"),
        read("yocto-cve-check", "every-status-word.json"),
        read("cyclonedx", "buildroot-custom-and-ignored.json"),
        read("buildroot", "show-info.json"),
        read("cyclonedx", "vex-only.json"),
    ];
    let expected = merge(inputs.clone());
    for turn in 0..inputs.len() {
        let mut turned = inputs.clone();
        turned.rotate_left(turn);
        assert_eq!(merge(turned.clone()), expected);
        turned.reverse();
        assert_eq!(merge(turned), expected);
    }
}

/// An image's SBOM and the build's cve-check file speak of the same recipes.
#[test]
fn an_sbom_and_its_cve_check_file_are_one() {
    let image = summary::read(&expect::document("spdx3", "yocto-image.json"), "image").value;
    let check = r#"{"version":"1","package":[
      {"name":"zlib","layer":"meta","version":"1.3.1","products":[{"product":"zlib"}],"issue":[{"id":"CVE-2023-45853","status":"Ignored","detail":"not-applicable-config"}]},
      {"name":"linux-yocto","layer":"meta","version":"6.12.38+git","products":[{"product":"linux_kernel"}],"issue":[]},
      {"name":"opkg-utils","layer":"meta","version":"0.7.0","products":[{"product":"opkg-utils"}],"issue":[]},
      {"name":"curl-native","layer":"meta","version":"8.12.1","products":[{"product":"curl"}],"issue":[]}]}"#;
    let check = summary::read(check.as_bytes(), "cve.json").value;
    let merged = merge(vec![check, image.clone()]);
    let names = |inventory: &Inventory| {
        inventory
            .components
            .iter()
            .map(|c| format!("{} {} {}", c.name, c.version, c.scope.word()))
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&merged), names(&image));
    assert!(merged.platform.inventory_complete);
}

/// A VEX document speaks of the release only when it names the release's product and version.
#[test]
fn statements_about_another_product_do_not_spread() {
    let sbom = |name: &str, version: &str| {
        let text = format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.6","metadata":{{"component":{{"type":"firmware","name":"{name}","version":"{version}"}}}},"components":[{{"bom-ref":"z","type":"library","name":"zlib","version":"1.3"}}]}}"#
        );
        summary::read(text.as_bytes(), "sbom").value
    };
    let vex = summary::read(&expect::document("cyclonedx", "vex-only.json"), "vex").value;
    let whole = |name: &str, version: &str| {
        let merged = merge(vec![vex.clone(), sbom(name, version)]);
        merged.statements.iter().filter(|statement| statement.components.is_empty()).count()
    };
    assert_eq!(whole("gateway", "4.1.0"), 1);
    assert_eq!(whole("gateway", "4.2.0"), 0);
    assert_eq!(whole("sensor", "4.1.0"), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// Any names, versions and addresses: no panic, no component lost or without a state, nothing changes the
    /// second time.
    #[test]
    fn any_component_is_normalised(
        parts in proptest::collection::vec(("[a-zA-Z0-9+._-]{0,24}", "(git|custom|[0-9]{1,3}(\\.[0-9]{1,3}){0,3}([a-z+-][a-zA-Z0-9+.-]{0,20})?)?", "(git\\+)?https://[a-z.]{1,12}/[a-zA-Z0-9@/._-]{0,40}"), 0..8)
    ) {
        let mut inventory = Inventory::default();
        for (name, version, url) in &parts {
            let mut component = Component { name: name.clone(), version: version.clone(), ..Component::default() };
            formats::normalise::identity::add_download(&mut component, url);
            inventory.components.push(component);
        }
        finish(&mut inventory);
        prop_assert!(inventory.components.len() <= parts.len());
        prop_assert_eq!(inventory.components.is_empty(), parts.is_empty());
        let mut again = inventory.clone();
        finish(&mut again);
        prop_assert_eq!(again, inventory);
    }
}

/// The header of a `.config` names a family of architectures; its options tell width and byte order.
#[test]
fn a_config_tells_width_and_byte_order() {
    let check = |arch: &str, symbols: &[&str], purl: &str, want: &str| {
        let config = model::build::Config {
            arch: arch.to_owned(),
            symbols: symbols.iter().map(|name| ((*name).to_owned(), "y".to_owned())).collect(),
            ..Default::default()
        };
        let mut inventory = Inventory::default();
        inventory.build.configs.push(config);
        let mut component = Component { name: "a".to_owned(), ..Component::default() };
        formats::normalise::identity::add_purl(&mut component, purl, "test");
        inventory.components.push(component);
        finish(&mut inventory);
        let platform = &inventory.platform;
        let endian = platform.facts.get("endian").map_or("-", String::as_str);
        let mut words = format!("{} {} {endian}", platform.arch, platform.bits);
        if let Some(bits) = platform.facts.get("bits") {
            words.extend([" ", bits]);
        }
        assert_eq!(words, want, "{arch} {symbols:?}");
    };
    check("x86", &["64BIT"], "pkg:generic/a@1", "x86_64 64 little");
    check("x86", &[], "pkg:generic/a@1", "i386 32 little");
    check("x86_64", &["64BIT"], "pkg:generic/a@1", "x86_64 64 little");
    check("mips", &["64BIT", "CPU_BIG_ENDIAN"], "pkg:generic/a@1", "mips64 64 big");
    check("mips", &["CPU_LITTLE_ENDIAN"], "pkg:generic/a@1", "mips 32 little");
    check("powerpc", &[], "pkg:generic/a@1", "powerpc 32 -");
    check("riscv", &[], "pkg:generic/a@1", "riscv32 32 little");
    check("arm64", &[], "pkg:generic/a@1", "aarch64 64 little");
    check("arm64", &["CPU_BIG_ENDIAN"], "pkg:generic/a@1", "aarch64 64 big");
    // Programs of 32 bits above a kernel of 64: no word about the product's width.
    check("arm64", &[], "pkg:deb/debian/a@1?arch=armhf", "aarch64 0 little mixed");
}
