//! Banners against programs of Debian: what a file says of itself is what its package says.

use std::path::Path;
use std::process::Command;

use super::Tree;

/// Package, file, component. The packages come with Debian or are installed by the test command.
const PROGRAMS: &[(&str, &str, &str)] = &[
    ("libssl3", "/usr/lib/x86_64-linux-gnu/libcrypto.so.3", "openssl"),
    ("libc6", "/lib/x86_64-linux-gnu/libc.so.6", "glibc"),
    ("zlib1g", "/lib/x86_64-linux-gnu/libz.so.1", "zlib"),
    ("bash", "/bin/bash", "bash"),
    ("perl-base", "/usr/bin/perl", "perl"),
    ("liblzma5", "/lib/x86_64-linux-gnu/liblzma.so.5", "xz"),
    ("xz-utils", "/usr/bin/xz", "xz"),
    ("libzstd1", "/usr/lib/x86_64-linux-gnu/libzstd.so.1", "zstd"),
    ("libpcre2-8-0", "/usr/lib/x86_64-linux-gnu/libpcre2-8.so.0", "pcre2"),
    ("libexpat1", "/lib/x86_64-linux-gnu/libexpat.so.1", "expat"),
    ("libsqlite3-0", "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0", "sqlite"),
    ("libgnutls30", "/usr/lib/x86_64-linux-gnu/libgnutls.so.30", "gnutls"),
    ("libdbus-1-3", "/lib/x86_64-linux-gnu/libdbus-1.so.3", "dbus"),
    ("libcurl4", "/usr/lib/x86_64-linux-gnu/libcurl.so.4", "curl"),
    ("curl", "/usr/bin/curl", "curl"),
    ("libxml2", "/usr/lib/x86_64-linux-gnu/libxml2.so.2", "libxml2"),
    ("python3.11-minimal", "/usr/bin/python3.11", "python"),
    ("openssh-client", "/usr/bin/ssh", "openssh"),
    ("libarchive13", "/usr/lib/x86_64-linux-gnu/libarchive.so.13", "libarchive"),
    ("libssh2-1", "/usr/lib/x86_64-linux-gnu/libssh2.so.1", "libssh2"),
    ("sudo", "/usr/bin/sudo", "sudo"),
    ("iproute2", "/bin/ip", "iproute2"),
    ("busybox-static", "/bin/busybox", "busybox"),
    ("dropbear-bin", "/usr/sbin/dropbear", "dropbear"),
    ("dnsmasq-base", "/usr/sbin/dnsmasq", "dnsmasq"),
    ("libmbedcrypto7", "/usr/lib/x86_64-linux-gnu/libmbedcrypto.so.7", "mbedtls"),
    ("libpng16-16", "/usr/lib/x86_64-linux-gnu/libpng16.so.16", "libpng"),
    ("libjpeg62-turbo", "/usr/lib/x86_64-linux-gnu/libjpeg.so.62", "libjpeg-turbo"),
    ("liblua5.4-0", "/usr/lib/x86_64-linux-gnu/liblua5.4.so.0", "lua"),
    ("libpcap0.8", "/usr/lib/x86_64-linux-gnu/libpcap.so.0.8", "libpcap"),
    ("tcpdump", "/usr/bin/tcpdump", "tcpdump"),
    ("u-boot-tools", "/usr/bin/mkimage", "u-boot-tools"),
    ("musl", "/lib/ld-musl-x86_64.so.1", "musl"),
    ("rsync", "/usr/bin/rsync", "rsync"),
];

/// A field of an installed package.
fn field(package: &str, field: &str) -> Option<String> {
    let format = format!("${{{field}}}");
    let output = Command::new("dpkg-query").args(["-W", "-f", &format, package]).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    (output.status.success() && !text.is_empty()).then_some(text)
}

/// `1:9.2p1-2+deb12u3` packs 9.2p1, `2023.01+dfsg-2` packs 2023.01.
fn upstream(version: &str) -> &str {
    let version = version.split_once(':').map_or(version, |(_, rest)| rest);
    let version = version.rsplit_once('-').map_or(version, |(upstream, _)| upstream);
    let version = version.split(['+', '~']).next().unwrap_or(version);
    version.trim_end_matches(".dfsg")
}

#[test]
fn banners_are_the_versions_of_the_packages() {
    let (mut checked, mut wrong) = (0, Vec::new());
    for (package, path, component) in PROGRAMS {
        // The name with the version is that of the file, not of the link to it.
        let (Ok(path), Some(version)) = (std::fs::canonicalize(path), field(package, "Version")) else {
            eprintln!("skipped: no {package}");
            continue;
        };
        let bytes = std::fs::read(&path).expect("a file of a package");
        let inside = path.strip_prefix("/").expect("a whole path").to_string_lossy().into_owned();
        let read = Tree::default().file(&inside, &bytes).read();
        let found = read.value.components.iter().filter(|one| one.name == *component);
        let found: Vec<String> = found.map(|one| one.version.clone()).collect();
        if found != [upstream(&version)] {
            wrong.push(format!("{package} {version}: {component} {found:?}"));
        }
        let others: Vec<&str> = read
            .value
            .components
            .iter()
            .map(|one| one.name.as_str())
            .filter(|name| name != component)
            .collect();
        if !others.is_empty() {
            wrong.push(format!("{package}: also {others:?}"));
        }
        checked += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    eprintln!("{checked} of {} programs are on this machine", PROGRAMS.len());
}

/// Debian says with which Go a program was built (`Built-Using`).
#[test]
fn the_tool_chain_of_a_go_program() {
    let path = Path::new("/usr/bin/gron");
    let (Ok(bytes), Some(built)) = (std::fs::read(path), field("gron", "Built-Using")) else {
        return eprintln!("skipped: no gron");
    };
    let volume = Tree::default().file("usr/bin/gron", bytes).only();
    let go = volume.programs[0].go.as_ref().expect("build information");
    let version = go.version.strip_prefix("go").expect("a version");
    assert!(built.contains(&format!("(= {version}-")), "{} is not in {built}", go.version);
    assert_eq!(go.path, "github.com/tomnomnom/gron");
}
