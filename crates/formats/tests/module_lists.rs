//! Lists of kernel modules in their four forms.

use formats::module_lists;

/// `present | blacklisted | complete`
fn check(text: &str, name: &str, want: &str) {
    let list = module_lists::read(text.as_bytes(), name).unwrap().value;
    let join = |set: &std::collections::BTreeSet<String>| {
        set.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
    };
    let complete = if list.complete { "complete" } else { "partial" };
    assert_eq!(format!("{} | {} | {complete}", join(&list.present), join(&list.blacklisted)), want, "{text}");
}

#[test]
fn forms() {
    check("kernel/fs/jfs/jfs.ko: kernel/lib/a.ko\nkernel/net/x-y.ko.xz:\n", "d", "jfs x_y |  | complete");
    check("kernel/fs/jfs/jfs.ko\nfs/ext4/ext4.ko\n", "l", "ext4 jfs |  | partial");
    check("kernel/fs/jfs/jfs.ko\n", "lib/modules/6.1/modules.order", "jfs |  | complete");
    check("kernel/fs/jfs/jfs.ko\n", "l/modules.builtin", " |  | partial");
    check(
        "Module                  Size  Used by\next4  811008  2\nmbcache 16384 1 ext4\n",
        "l",
        "ext4 mbcache |  | partial",
    );
    check("ext4 811008 2 - Live 0x0\n", "l", "ext4 |  | partial");
    check("blacklist jfs-fs\ninstall cramfs /bin/true\n# no\nfoo.ko\n", "l", "foo | cramfs jfs_fs | partial");
}

#[test]
fn what_is_part_of_the_kernel_is_kept_apart() {
    let list =
        module_lists::read(b"kernel/fs/ext4/ext4.ko\nkernel/lib/crc-t10dif.ko\n", "modules.builtin").unwrap();
    assert_eq!(list.value.builtin.iter().map(String::as_str).collect::<Vec<_>>(), ["crc_t10dif", "ext4"]);
    assert!(list.notes.is_empty(), "{:?}", list.notes);
    assert!(list.value.files.first().unwrap().starts_with("modules.builtin sha256:"));
}

#[test]
fn settings_of_modprobe_name_no_module_of_the_image() {
    let text = "# from the vendor\nblacklist jfs\noptions snd-hda-intel index=0\ninstall cramfs /bin/false\ninstall a /sbin/b\n";
    check(text, "l", " | cramfs jfs | partial");
    assert!(module_lists::is_settings(text));
    assert!(!module_lists::is_settings("options x y=1\n"), "nothing is kept out");
    assert!(!module_lists::is_settings("kernel/fs/jfs/jfs.ko:\n"));
    assert!(module_lists::read(text.as_bytes(), "l").unwrap().notes.is_empty());
}

#[test]
fn a_cut_list_proves_nothing() {
    check("kernel/a.ko: kernel/b.ko\nkernel/c.k", "l", "a |  | partial");
    check("kernel/a.ko:\nkernel/c.ko", "l", "a c |  | partial");
}

#[test]
fn what_is_no_list() {
    assert!(module_lists::read(b"", "l").is_err());
    assert!(module_lists::read(b"hello world\n", "l").is_err());
}

proptest::proptest! {
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = module_lists::read(&bytes, "l");
    }
}
