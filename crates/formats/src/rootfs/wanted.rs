//! What a file is, by the place where it lies. Only what the bytes say decides in the end; the place decides whether they
//! are looked at.

use super::schema::Is;

/// Bytes of a program that are looked at; larger ones are remarked on.
pub const PROGRAM: u64 = 512 << 20;
/// Bytes of a document that is kept.
pub const DOCUMENT: u64 = 256 << 20;
/// Bytes of a small text of which a few lines are used.
pub const TEXT: u64 = 4 << 20;

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place<'p> {
    /// Kept as it is.
    Kept(Is),
    /// The list of files of a package.
    FilesOf(&'p str),
    /// `modules.dep` or `modules.builtin` of a kernel.
    ModuleList(&'p str, &'p str),
    /// Settings of modprobe, black lists among them.
    Modprobe,
    /// A kernel module: the kernel's directory, the path below it.
    Module(&'p str, &'p str),
    /// A kernel image.
    Kernel,
    /// `METADATA` or `PKG-INFO`.
    Python,
    /// `package.json` of an installed module.
    Node,
    /// The name and version of a gem.
    Gem(&'p str),
    /// Something that nobody reads, by its kind.
    Unread(&'static str),
    /// A boot loader, a partition or a vendor's blob.
    Raw,
    /// Perhaps a program.
    Program,
    /// Nothing to learn.
    Nothing,
}

/// Says what lies at a path.
pub fn place(path: &str) -> Place<'_> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if let Some(is) = kept(path, folder, name) {
        return Place::Kept(is);
    }
    if let Some(owner) = files_of(folder, name) {
        return Place::FilesOf(owner);
    }
    if folder.ends_with("modprobe.d") && name.ends_with(".conf") {
        return Place::Modprobe;
    }
    if let Some(place) = below_modules(path, name) {
        return place;
    }
    language(path, folder, name)
        .or_else(|| boot(folder, name))
        .unwrap_or_else(|| if is_dull(path, name) { Place::Nothing } else { Place::Program })
}

fn kept(path: &str, folder: &str, name: &str) -> Option<Is> {
    Some(match (folder, name) {
        ("var/lib/dpkg", "status") => Is::Dpkg,
        ("var/lib/dpkg/status.d", _) if !name.ends_with(".md5sums") => Is::Dpkg,
        ("usr/lib/opkg" | "var/lib/opkg", "status") => Is::Opkg,
        ("usr/lib/opkg/info" | "var/lib/opkg/info", _) if name.ends_with(".control") => Is::Opkg,
        ("lib/apk/db" | "usr/lib/apk/db", "installed") => Is::Apk,
        ("var/lib/rpm" | "usr/lib/sysimage/rpm" | "usr/share/rpm", _) if RPM.contains(&name) => Is::Rpm,
        ("etc" | "usr/lib", _) if RELEASE.contains(&name) => Is::Release,
        _ if is_config(path, folder, name) => Is::Config,
        _ if is_sbom(folder, name) => Is::Document,
        _ => return None,
    })
}

/// The sqlite database; those of Berkeley DB and ndb have no reader and are remarked on as such.
const RPM: &[&str] = &["rpmdb.sqlite", "Packages", "Packages.db"];

const RELEASE: &[&str] = &[
    "os-release",
    "openwrt_release",
    "debian_version",
    "alpine-release",
    "redhat-release",
    "buildroot-release",
    "br-version",
    "build",
    "version",
];

fn is_config(path: &str, folder: &str, name: &str) -> bool {
    let below_modules = path.starts_with("lib/modules/") || path.starts_with("usr/lib/modules/");
    matches!(name, "config.gz" | "kernel.config" | "busybox.config" | "u-boot.config" | ".config")
        || (name == "config" && below_modules)
        || (name.starts_with("config-") && (below_modules || folder == "boot" || folder.is_empty()))
        || (name.starts_with("kernel-config") && matches!(folder, "etc" | "boot" | "usr/share"))
}

fn is_sbom(folder: &str, name: &str) -> bool {
    const ENDS: &[&str] = &[
        ".spdx.json",
        ".spdx",
        ".spdx.yaml",
        ".spdx.yml",
        ".spdx.xml",
        ".cdx.json",
        ".cdx.xml",
        ".cyclonedx.json",
    ];
    const LOCKS: &[&str] = &["Cargo.lock", "go.mod", "package-lock.json", "npm-shrinkwrap.json"];
    ENDS.iter().any(|end| name.ends_with(end))
        || folder == "usr/share/sbom"
        || folder.starts_with("usr/share/sbom/")
        || matches!(name, "bom.json" | "bom.xml" | "sbom.json" | "sbom.xml")
        || LOCKS.contains(&name)
}

/// `libc6:amd64.list` of dpkg, `busybox.list` of opkg, `base.md5sums` of images without a package manager.
fn files_of<'p>(folder: &str, name: &'p str) -> Option<&'p str> {
    let owner = match folder {
        "var/lib/dpkg/info" | "usr/lib/opkg/info" | "var/lib/opkg/info" => name.strip_suffix(".list")?,
        "var/lib/dpkg/status.d" => name.strip_suffix(".md5sums")?,
        _ => return None,
    };
    Some(owner.split(':').next().unwrap_or(owner))
}

fn below_modules<'p>(path: &'p str, name: &'p str) -> Option<Place<'p>> {
    let below = path.strip_prefix("usr/").unwrap_or(path).strip_prefix("lib/modules/")?;
    let (release, rest) = below.split_once('/')?;
    if rest == "modules.dep" || rest == "modules.builtin" {
        return Some(Place::ModuleList(release, rest));
    }
    let bare = [".xz", ".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    if bare.ends_with(".ko") {
        return Some(Place::Module(release, rest));
    }
    is_kernel(name).then_some(Place::Kernel)
}

fn language<'p>(path: &'p str, folder: &str, name: &'p str) -> Option<Place<'p>> {
    let inside = folder.rsplit('/').next().unwrap_or_default();
    let is_metadata = (name == "METADATA" && inside.ends_with(".dist-info"))
        || (name == "PKG-INFO" && inside.ends_with(".egg-info"))
        || name.ends_with(".egg-info");
    if is_metadata {
        return Some(Place::Python);
    }
    if name == "package.json" {
        return Some(if is_node_module(folder) { Place::Node } else { Place::Nothing });
    }
    if inside == "specifications" || path.contains("/specifications/default/") {
        return name.strip_suffix(".gemspec").map(Place::Gem);
    }
    let end = name.rsplit_once('.')?.1;
    Some(Place::Unread(match end {
        "jar" | "war" | "ear" => "jar",
        "dll" => "dll",
        "phar" => "phar",
        "apk" | "aab" => "android package",
        _ => return None,
    }))
}

/// `node_modules/express` or `node_modules/@scope/name`, at any depth.
fn is_node_module(folder: &str) -> bool {
    let mut parts = folder.rsplit('/');
    let (_, parent) = (parts.next(), parts.next().unwrap_or_default());
    parent == "node_modules" || (parent.starts_with('@') && parts.next() == Some("node_modules"))
}

fn is_kernel(name: &str) -> bool {
    const STARTS: &[&str] = &["vmlinuz", "vmlinux", "zImage", "bzImage", "uImage", "fitImage", "kernel"];
    let is_image = name == "Image" || name.starts_with("Image.") || name.starts_with("Image-");
    let named = STARTS.iter().any(|start| {
        name.strip_prefix(start)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| !c.is_ascii_alphabetic()))
    });
    (is_image || named) && !name.ends_with(".txt") && !name.ends_with(".h")
}

fn boot<'p>(folder: &str, name: &str) -> Option<Place<'p>> {
    let top = folder.split('/').next().unwrap_or_default();
    let is_boot = matches!(top, "boot" | "" | "efi" | "EFI");
    if is_boot && (is_kernel(name) || name.ends_with(".itb") || name.ends_with(".fit")) {
        return Some(Place::Kernel);
    }
    let lower = name.to_ascii_lowercase();
    let is_loader = ["u-boot", "uboot"].iter().any(|start| lower.starts_with(start))
        || matches!(lower.as_str(), "spl" | "mlo" | "boot.bin" | "flash.bin" | "fip.bin");
    let is_blob = [".bin", ".img", ".itb", ".mtd"].iter().any(|end| lower.ends_with(end));
    (is_loader || is_blob).then_some(Place::Raw)
}

/// Files in which no program can be: known ends, and folders of texts and pictures.
fn is_dull(path: &str, name: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "usr/share/doc/",
        "usr/share/man/",
        "usr/share/locale/",
        "usr/share/zoneinfo/",
        "usr/share/i18n/",
        "usr/share/icons/",
        "usr/share/fonts/",
        "usr/include/",
        "var/cache/",
        "var/log/",
        "proc/",
        "sys/",
        "dev/",
    ];
    const ENDS: &[&str] = &[
        "a", "c", "conf", "css", "csv", "dtb", "dtbo", "gif", "gz", "h", "hpp", "html", "ico", "ipk", "jpeg",
        "jpg", "js", "json", "la", "lua", "map", "md", "mo", "mp3", "mp4", "pc", "pem", "pl", "pm", "png",
        "po", "py", "pyc", "pyi", "rb", "rst", "service", "sh", "sqlite", "svg", "ttf", "txt", "ts", "wav",
        "xml", "xz", "yaml", "yml", "zip", "zst",
    ];
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    FOLDERS.iter().any(|folder| path.starts_with(folder)) || ENDS.contains(&end)
}
