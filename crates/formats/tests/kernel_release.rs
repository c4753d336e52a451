//! Files that name a kernel's release, and what becomes of them.

use formats::detect::{Kind, detect, read_inventory};
use formats::kernel_release;
use formats::limits::Limits;
use formats::normalise::merge;

fn check(text: &str, want: &str) {
    let read = kernel_release::read(text.as_bytes(), "f");
    assert_eq!(read.map_or_else(|_| "-".to_owned(), |read| read.release), want, "{text}");
    let kind = detect(text.as_bytes(), "f");
    assert_eq!(kind == Kind::KernelRelease, want != "-", "{text} is {kind:?}");
}

#[test]
fn forms() {
    check("6.1.22-yocto-standard\n", "6.1.22-yocto-standard");
    check("5.10.0-rc3+", "5.10.0-rc3+");
    check("Linux version 6.1.22-v8+ (oe@host) (aarch64-gcc 12) #1 SMP PREEMPT\n", "6.1.22-v8+");
    check(
        "[    0.000000] Booting Linux on physical CPU 0x0\n[    0.000000] Linux version 6.6.21 (b@h) #1\n",
        "6.6.21",
    );
    check("Linux gateway 6.1.22 #1 SMP Tue Jan 2 aarch64 GNU/Linux\n", "6.1.22");
    check("hello\n", "-");
    check("6\n", "-");
    check("6.1.22\n6.1.23\n", "-");
    check("the Linux version 6.1 is old\n", "-");
    check("Linux is fine 6.1\n", "-");
}

/// Buildroot says `custom`; the build folder knows.
#[test]
fn a_kernel_without_version_gets_it() {
    let read = |bytes: &[u8]| read_inventory(bytes, "f", &Limits::INVENTORY).unwrap().value;
    let sbom = br#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[{"type":"operating-system","name":"linux",
        "version":"custom","cpe":"cpe:2.3:o:linux:linux_kernel:*:*:*:*:*:*:*:*"}]}"#;
    for turned in [false, true] {
        let mut parts = vec![read(sbom), read(b"6.1.22-custom\n")];
        if turned {
            parts.reverse();
        }
        let whole = merge(parts);
        assert_eq!(whole.components[0].version, "6.1.22-custom");
        assert!(whole.components[0].notes.iter().any(|note| note.value == "6.1.22-custom from f"));
    }
}
