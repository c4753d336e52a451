//! Kernel images in every packing, and the one kernel that package, modules and image are.

use std::io::Write;

use formats::rootfs::schema::Is;
use model::component::Role;

use super::Tree;

const BANNER: &str = "Linux version 6.6.21-yocto-standard (oe-user@oe-host) (gcc 13.2.0) #1 SMP PREEMPT";

fn kernel() -> Vec<u8> {
    let mut bytes = vec![0x90; 4096];
    bytes.extend(b"Linux version %s (%s)\0");
    bytes.extend(BANNER.as_bytes());
    bytes.extend(b"\n\0IKCFG_ST");
    bytes.extend(gzip(b"#\n# Linux/arm64 6.6.21 Kernel Configuration\n#\nCONFIG_NET=y\n"));
    bytes.extend(b"IKCFG_ED");
    bytes.extend(vec![0x90; 4096]);
    bytes
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(bytes).expect("in memory");
    packed.finish().expect("in memory")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = liblzma::write::XzEncoder::new(Vec::new(), 6);
    packed.write_all(bytes).expect("in memory");
    packed.finish().expect("in memory")
}

fn lzma(bytes: &[u8]) -> Vec<u8> {
    let options = liblzma::stream::LzmaOptions::new_preset(6).expect("a preset");
    let stream = liblzma::stream::Stream::new_lzma_encoder(&options).expect("a stream");
    let mut packed = liblzma::write::XzEncoder::new_stream(Vec::new(), stream);
    packed.write_all(bytes).expect("in memory");
    packed.finish().expect("in memory")
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut out = b"\x02\x21\x4c\x18".to_vec();
    for block in bytes.chunks(5_000) {
        let packed = lz4_flex::block::compress(block);
        out.extend((packed.len() as u32).to_le_bytes());
        out.extend(packed);
    }
    out
}

/// A loader in front, something behind.
fn image(payload: &[u8]) -> Vec<u8> {
    [&[0xea; 600][..], b"\x1f\x8b\x08 not this one", payload, &[0xff; 300][..]].concat()
}

#[test]
fn every_packing() {
    let zstd = zstd::encode_all(kernel().as_slice(), 3).expect("in memory");
    for (what, bytes) in [
        ("plain", kernel()),
        ("gzip", image(&gzip(&kernel()))),
        ("xz", image(&xz(&kernel()))),
        ("lzma", image(&lzma(&kernel()))),
        ("zstd", image(&zstd)),
        ("lz4", image(&lz4(&kernel()))),
    ] {
        let volume = Tree::default().file("boot/zImage", bytes).only();
        assert_eq!(volume.kernels[0].banner, BANNER, "{what}");
        let config = &volume.documents[0];
        assert_eq!((config.path.as_str(), config.is), ("boot/zImage#ikconfig", Is::Config), "{what}");
        assert!(config.base64.starts_with("H4sI"), "{what}");
    }
}

/// Where the payload cannot be unpacked, the heads of two kinds of images name the release.
#[test]
fn heads_of_images() {
    let mut x86 = vec![0; 0x400];
    x86[0x202..0x206].copy_from_slice(b"HdrS");
    x86[0x20e..0x210].copy_from_slice(&0x100_u16.to_le_bytes());
    x86.splice(0x300..0x300, b"6.1.0-13-amd64 (x@y) #1 SMP Debian 6.1.55-1 (2023-09-29)\0".iter().copied());
    let mut uimage = vec![0x27, 0x05, 0x19, 0x56];
    uimage.resize(32, 0);
    uimage.extend(b"Linux-5.10.110");
    uimage.resize(4_096, 0);
    let volume = Tree::default().file("boot/vmlinuz", x86).file("boot/uImage", uimage).only();
    let banners: Vec<&str> = volume.kernels.iter().map(|kernel| kernel.banner.as_str()).collect();
    assert_eq!(
        banners,
        ["Linux version 5.10.110", "Linux version 6.1.0-13-amd64 (x@y) #1 SMP Debian 6.1.55-1 (2023-09-29)"]
    );
    let volume = Tree::default().file("boot/Image", [0; 4_096]).only();
    assert!(volume.remarks[0].value.contains("without a banner"), "{:?}", volume.remarks);
}

/// Kernels of a tree as `version origin tree [locations]`.
fn kernels(tree: &Tree) -> Vec<String> {
    let read = tree.read();
    let kernels = read.value.components.iter().filter(|one| one.role == Role::Kernel);
    kernels
        .map(|one| {
            let places = one.locations.join(" ");
            format!(
                "{} {:?} {} {:?} {places}",
                one.name,
                one.version,
                one.version_origin.word(),
                one.vendor_tree
            )
        })
        .collect()
}

#[test]
fn image_and_modules_are_one_kernel() {
    let tree = Tree::default()
        .file("boot/zImage", image(&gzip(&kernel())))
        .file("lib/modules/6.6.21-yocto-standard/kernel/fs/jfs.ko", "x")
        .file("lib/modules/5.15.71-imx8mp+g95448dd0dc9b/kernel/fs/jfs.ko", "x");
    assert_eq!(
        kernels(&tree),
        [
            "linux \"5.15.71\" from_file \"nxp-imx\" /lib/modules/5.15.71-imx8mp+g95448dd0dc9b",
            "linux \"6.6.21\" from_file \"\" /boot/zImage /lib/modules/6.6.21-yocto-standard",
        ]
    );
}

const STATUS: &str = "Package: linux-image-6.1.0-13-amd64\nStatus: install ok installed\nArchitecture: amd64\n\
                      Source: linux-signed-amd64 (6.1.55+1)\nVersion: 6.1.55-1\n\n";
const DEBIAN: &str = "ID=debian\nVERSION_ID=\"12\"\n";

#[test]
fn the_package_of_a_distribution_is_the_kernel() {
    let tree = Tree::default()
        .file("var/lib/dpkg/status", STATUS)
        .file("etc/os-release", DEBIAN)
        .file("lib/modules/6.1.0-13-amd64/kernel/fs/jfs/jfs.ko", "x")
        .file(
            "boot/vmlinuz-6.1.0-13-amd64",
            "Linux version 6.1.0-13-amd64 (x) #1 SMP Debian 6.1.55-1 (2023-09-29)",
        );
    let owned = tree.clone().file(
        "var/lib/dpkg/info/linux-image-6.1.0-13-amd64.list",
        "/.\n/lib/modules/6.1.0-13-amd64/kernel/fs/jfs/jfs.ko\n/boot/vmlinuz-6.1.0-13-amd64\n",
    );
    for tree in [tree, owned] {
        assert_eq!(
            kernels(&tree),
            ["linux \"6.1.55-1\" stated \"\" /boot/vmlinuz-6.1.0-13-amd64 /lib/modules/6.1.0-13-amd64 \
              linux-image-6.1.0-13-amd64"]
        );
    }
}

/// Debian names the interface to modules, which is no version; the banner knows better, and without it nobody does.
#[test]
fn the_name_of_an_interface_is_no_version() {
    let modules = Tree::default()
        .file("etc/os-release", DEBIAN)
        .file("lib/modules/6.1.0-13-amd64/kernel/fs/jfs/jfs.ko", "x");
    assert_eq!(kernels(&modules), ["linux \"\" from_file \"\" /lib/modules/6.1.0-13-amd64"]);
    let banner = "Linux version 6.1.0-13-amd64 (x) #1 SMP Debian 6.1.55-1 (2023-09-29)";
    let with_image = modules.file("boot/vmlinuz-6.1.0-13-amd64", banner);
    assert_eq!(
        kernels(&with_image),
        ["linux \"6.1.55\" from_file \"\" /boot/vmlinuz-6.1.0-13-amd64 /lib/modules/6.1.0-13-amd64"]
    );
}

/// OpenWrt: 900 `kmod-*` packages, a `kernel` package and one directory are one kernel.
#[test]
fn kmod_packages_are_the_kernel() {
    let mut status = "Package: kernel\nVersion: 5.15.134-1-44c4b33b8c9ab1a4dcd2aa2ae5bcf0f3\n\
                      Status: install user installed\nArchitecture: mips_24kc\n\n"
        .to_owned();
    let mut tree =
        Tree::default().file("etc/openwrt_release", "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='23.05.0'\n");
    for at in 0..900 {
        status.push_str(&format!(
            "Package: kmod-mod{at}\nVersion: 5.15.134-1\nStatus: install user installed\nArchitecture: mips_24kc\n\n"
        ));
        tree = tree.file(&format!("lib/modules/5.15.134/mod{at}.ko"), "x");
    }
    let tree = tree.file("usr/lib/opkg/status", status);
    let read = tree.read();
    let kernels: Vec<_> = read.value.components.iter().filter(|one| one.role == Role::Kernel).collect();
    assert_eq!((read.value.components.len(), kernels.len()), (1, 1));
    assert!(kernels[0].locations.contains(&"/lib/modules/5.15.134".to_owned()), "{:?}", kernels[0].locations);
    assert!(kernels[0].locations.len() > 900, "{}", kernels[0].locations.len());
    let modules = read.value.build.modules.expect("modules");
    assert_eq!((modules.present.len(), modules.complete), (900, true));
    assert_eq!(read.value.platform.distribution, "openwrt");
}
