//! Images that mean harm: cut off, changed, swollen, in circles. An answer for all, in bounded time and memory.

use formats::detect::FormatError;
use formats::images::ImageLimits;
use model::note::NoteCode;

use super::make::{cpio, ext, have, pack, squashfs, tar};
use super::tree::{folder, only, read, read_within, things_of};

const TOOLS: &[&str] = &["mksquashfs", "mke2fs", "cpio", "tar"];

/// Small images of every kind.
fn small() -> Vec<(&'static str, Vec<u8>)> {
    let root = folder("small");
    std::fs::create_dir_all(root.join("etc/deep/er")).unwrap();
    for number in 0..40 {
        std::fs::write(root.join(format!("etc/file-{number}")), vec![b'a'; number * 100]).unwrap();
    }
    std::fs::write(root.join("etc/deep/er/noise"), super::tree::noise(9_000, 4)).unwrap();
    std::fs::hard_link(root.join("etc/file-9"), root.join("etc/deep/nine")).unwrap();
    std::os::unix::fs::symlink("etc/file-1", root.join("link")).unwrap();
    vec![
        ("squashfs gzip", squashfs(&root, &["-b", "4096", "-nopad"])),
        ("squashfs plain", squashfs(&root, &["-b", "4096", "-noI", "-noF", "-noD", "-nopad"])),
        ("squashfs xz", squashfs(&root, &["-b", "4096", "-comp", "xz", "-nopad"])),
        ("squashfs zstd", squashfs(&root, &["-b", "4096", "-comp", "zstd", "-nopad"])),
        ("squashfs lz4", squashfs(&root, &["-b", "4096", "-comp", "lz4", "-nopad"])),
        ("ext2", ext(&root, &["-t", "ext2", "-b", "1024", "-N", "96"], "512k")),
        (
            "ext4 without sums",
            ext(
                &root,
                &["-t", "ext4", "-b", "1024", "-N", "96", "-O", "^metadata_csum,^has_journal"],
                "512k",
            ),
        ),
        ("ext4", ext(&root, &["-t", "ext4", "-b", "1024", "-N", "96", "-O", "^has_journal"], "512k")),
        ("newc", cpio(&root, "newc")),
        ("crc", cpio(&root, "crc")),
        ("odc", cpio(&root, "odc")),
        ("tar", tar(&root, "gnu")),
        ("pax", tar(&root, "pax")),
        ("cpio.gz", pack("gzip", &["-1"], &cpio(&root, "newc"))),
        ("cpio.xz", pack("xz", &["-1"], &cpio(&root, "newc"))),
        ("cpio.zst", pack("zstd", &["-1", "-q"], &cpio(&root, "newc"))),
        ("cpio.lz4", pack("lz4", &["-l", "-q"], &cpio(&root, "newc"))),
    ]
}

const TIGHT: ImageLimits = ImageLimits {
    entries: 5_000,
    bytes: 64 << 20,
    file_bytes: 4 << 20,
    held_bytes: 16 << 20,
    ..ImageLimits::DEFAULT
};

/// Cut anywhere, an image is refused; only what ends in nothing but padding may still be whole.
#[test]
fn cut_off() {
    if !have(TOOLS) || !have(&["gzip", "xz", "zstd", "lz4"]) {
        return;
    }
    for (what, image) in small() {
        let whole = read(&image).expect(what).0;
        let mut refusals = 0;
        for part in 0..150 {
            let cut = &image[..image.len() * part / 150];
            match read_within(cut, &TIGHT) {
                Err(_) => refusals += 1,
                Ok((seen, notes)) => {
                    let is_told = notes.iter().any(|note| note.code == NoteCode::Truncated);
                    assert!(seen.things == whole.things, "{what} cut at {} gives less: {is_told}", cut.len());
                }
            }
        }
        assert!(refusals > 20, "{what}: {refusals}");
    }
}

/// One byte changed, at places spread over all of it and over its beginning: no panic, no endless reading.
#[test]
fn changed() {
    if !have(TOOLS) || !have(&["gzip", "xz", "zstd", "lz4"]) {
        return;
    }
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as usize
    };
    for (what, image) in small() {
        let (mut read_all, mut refusals) = (0, 0);
        for round in 0..200 {
            let mut changed = image.clone();
            // Most of an ext image is free space: its tables are at the beginning.
            let within = if round % 2 == 0 { image.len() } else { image.len().min(40_000) };
            for _ in 0..1 + round % 3 {
                let at = random() % within;
                changed[at] = match random() % 4 {
                    0 => 0xff,
                    1 => 0,
                    2 => changed[at] ^ (1 << (random() % 8)),
                    _ => random() as u8,
                };
            }
            match read_lenient(&changed) {
                Ok(()) => read_all += 1,
                Err(_) => refusals += 1,
            }
        }
        assert!(read_all + refusals == 200, "{what}");
        println!("{what}: {read_all} read, {refusals} refused");
    }
}

/// As reading does, with a collector that expects nothing: a changed image may well name one path twice.
fn read_lenient(bytes: &[u8]) -> Result<(), FormatError> {
    struct Any;
    impl formats::rootfs::Collector for Any {
        fn entry(&mut self, _: &formats::rootfs::Entry<'_>) -> formats::rootfs::Want {
            formats::rootfs::Want::Whole
        }
        fn file(&mut self, entry: &formats::rootfs::Entry<'_>, bytes: &[u8]) {
            assert_eq!(entry.size, bytes.len() as u64);
        }
    }
    let source = Box::new(std::io::Cursor::new(bytes.to_vec()));
    formats::images::walk(source, "image", &TIGHT, &mut Any).map(|_| ())
}

fn newc(inode: u32, mode: u32, links: u32, size: u32, name: &str) -> Vec<u8> {
    let mut member = format!(
        "070701{inode:08x}{mode:08x}{:08x}{:08x}{links:08x}{:08x}{size:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{:08x}{name}\0",
        0, 0, 0, 0, 0, 0, 0, name.len() + 1, 0
    )
    .into_bytes();
    member.resize(member.len().next_multiple_of(4), 0);
    member
}

fn error(bytes: &[u8], limits: &ImageLimits) -> FormatError {
    match read_within(bytes, limits) {
        Err(error) => error,
        Ok((seen, notes)) => panic!("{} things were read, notes {notes:?}", seen.order.len()),
    }
}

#[test]
fn sizes_that_are_lies() {
    // 4 GiB that are not there.
    let mut image = newc(1, 0o100_644, 1, u32::MAX, "big");
    image.extend_from_slice(b"only this");
    let why = error(&image, &ImageLimits::DEFAULT);
    assert!(matches!(why, FormatError::Truncated { .. }), "{why}");
    let mut image = newc(1, 0o100_644, 1, 100, "short");
    image.extend_from_slice(b"only this");
    assert!(error(&image, &ImageLimits::DEFAULT).to_string().contains("short: 9 of 100 bytes are there"));
    // A name that claims 4 GiB.
    let mut image = newc(1, 0o100_644, 1, 0, "x");
    image[94..102].copy_from_slice(b"fffffff0");
    assert!(
        error(&image, &ImageLimits::DEFAULT)
            .to_string()
            .contains("a name of 4294967280 bytes, the limit is 65536")
    );
    // Numbers with a sign, which a careless reader takes.
    let mut image = newc(1, 0o100_644, 1, 0, "x");
    image[54..62].copy_from_slice(b"+0000010");
    assert!(error(&image, &ImageLimits::DEFAULT).to_string().contains("a number in the header is none"));
}

/// Members without end, also as names of a file that never comes.
#[test]
fn entries_without_end() {
    let limits = ImageLimits { entries: 1_000, ..ImageLimits::DEFAULT };
    for links in [1, 2] {
        let mut image = Vec::new();
        for number in 0..2_000 {
            image.extend(newc(1, 0o100_644, links, 0, &format!("file-{number}")));
        }
        let why = error(&image, &limits).to_string();
        assert!(why.contains("more than 1000 files and directories"), "{why}");
    }
    let deep = vec!["d"; 300].join("/");
    let why = error(&newc(1, 0o40_755, 2, 0, &deep), &ImageLimits::DEFAULT).to_string();
    assert!(why.contains("directories in each other deeper than 256"), "{why}");
}

#[test]
fn paths_that_point_outside() {
    let mut image = Vec::new();
    for name in ["../../etc/passwd", "/etc/shadow", "a/../../b", "etc/fine"] {
        image.extend(newc(1, 0o100_644, 1, 0, name));
    }
    image.extend(newc(0, 0, 1, 0, "TRAILER!!!"));
    let (seen, notes) = read(&image).unwrap();
    assert_eq!(seen.order, ["etc/shadow", "etc/fine"]);
    assert_eq!(notes.len(), 2);
    assert!(notes.iter().all(|note| note.code == NoteCode::UnsafePath), "{notes:?}");
}

/// Zeros that swell: free space of disks is allowed, within the bytes that may come out; anything else by its ratio.
#[test]
fn bombs() {
    if !have(&["gzip", "xz", "zstd"]) {
        return;
    }
    let limits = ImageLimits { bytes: 20 << 20, held_bytes: 8 << 20, ..ImageLimits::DEFAULT };
    let zeros = vec![0; 32 << 20];
    let ones = vec![1; 16 << 20];
    for program in ["gzip", "xz", "zstd"] {
        let why = error(&pack(program, &["-1"], &zeros), &limits).to_string();
        assert!(why.contains("more than 20971520 bytes come out of it"), "{program}: {why}");
        let why = error(&pack(program, &["-1"], &ones), &limits).to_string();
        assert!(
            why.contains("swells more than 1000 times") || why.contains("more than 8388608 bytes of memory"),
            "{program}: {why}"
        );
        let mut nested = b"no image".repeat(1_000);
        for _ in 0..10 {
            nested = pack(program, &["-1"], &nested);
        }
        let why = error(&nested, &limits).to_string();
        assert!(why.contains("more than 6 containers in each other"), "{program}: {why}");
    }
}

/// A squashfs whose superblock and inodes claim what is not there.
#[test]
fn squashfs_that_claims() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("claims");
    std::fs::write(root.join("file"), b"content").unwrap();
    let image = squashfs(&root, &["-noI", "-noF", "-noD"]);
    assert_eq!(only(&image), things_of(&root));
    let with = |at: usize, bytes: &[u8]| {
        let mut changed = image.clone();
        changed[at..at + bytes.len()].copy_from_slice(bytes);
        error(&changed, &ImageLimits::DEFAULT).to_string()
    };
    assert!(
        with(4, &u32::MAX.to_le_bytes())
            .contains("says 4294967295 files and directories, the limit is 2000000")
    );
    assert!(with(40, &(1_u64 << 60).to_le_bytes()).contains("ends early"));
    assert!(with(12, &(1_u32 << 30).to_le_bytes()).contains("blocks of 1073741824 bytes"));
    assert!(with(64, &u64::MAX.to_le_bytes()).contains("the tables it names are not in order"));
    assert!(with(72, &90_u64.to_le_bytes()).contains("the tables it names are not in order"));
    assert!(with(20, &[9, 0]).contains("compressed with 9"));
    // The file claims 4 GiB; its inode is the first in the table, behind the length of the block.
    let table = u64::from_le_bytes(image[64..72].try_into().unwrap()) as usize;
    let size = table + 2 + 16 + 12;
    assert_eq!(image[size..size + 4], 7_u32.to_le_bytes());
    let mut changed = image.clone();
    changed[size..size + 4].copy_from_slice(&u32::MAX.to_le_bytes());
    let (_, notes) = read(&changed).unwrap();
    assert!(notes[0].value.contains("4294967295 bytes are more than 268435456"), "{notes:?}");
    changed[size..size + 4].copy_from_slice(&(200_u32 << 20).to_le_bytes());
    assert!(matches!(error(&changed, &ImageLimits::DEFAULT), FormatError::Malformed { .. }));
}

/// Directories in each other, deeper than a stack is; and one that lies in itself.
#[test]
fn directories_in_circles() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("deep");
    let mut path = root.clone();
    for _ in 0..400 {
        path.push("d");
    }
    std::fs::create_dir_all(&path).unwrap();
    for image in [
        squashfs(&root, &[]),
        ext(&root, &["-t", "ext4", "-b", "1024"], "8M"),
        tar(&root, "gnu"),
        cpio(&root, "newc"),
    ] {
        let why = error(&image, &ImageLimits::DEFAULT).to_string();
        assert!(why.contains("directories in each other deeper than 256"), "{why}");
    }
    let root = folder("circle");
    std::fs::create_dir_all(root.join("one/two")).unwrap();
    // squashfs: the listing of `one` names the inode of `one` instead of that of `two`.
    let image = squashfs(&root, &["-noI", "-noF", "-noD"]);
    let table = u64::from_le_bytes(image[72..80].try_into().unwrap()) as usize;
    let name = image[table..].windows(3).position(|three| three == b"two").unwrap() + table;
    let other = image[table..].windows(3).position(|three| three == b"one").unwrap() + table;
    let mut changed = image.clone();
    let (from, to) = (other - 8, name - 8);
    changed.copy_within(from..from + 2, to);
    let why = error(&changed, &ImageLimits::DEFAULT).to_string();
    assert!(why.contains("lies in itself, or in two places"), "{why}");
    // ext2: the entry `two` names the inode of `one`.
    let image = ext(&root, &["-t", "ext2", "-b", "1024"], "1M");
    let find = |name: &[u8]| {
        image.windows(8).position(|w| w[6] == 3 && w[7] == 2 && image_name(&image, w, name)).unwrap()
    };
    let (one, two) = (find(b"one"), find(b"two"));
    let mut changed = image.clone();
    changed.copy_within(one..one + 4, two);
    let why = error(&changed, &ImageLimits::DEFAULT).to_string();
    assert!(why.contains("directories in each other deeper than 256"), "{why}");
}

/// True when the eight bytes `window` of `image` are followed by `name`.
fn image_name(image: &[u8], window: &[u8], name: &[u8]) -> bool {
    let at = window.as_ptr() as usize - image.as_ptr() as usize + 8;
    image.get(at..at + name.len()) == Some(name)
}

/// ext claims that cost memory: groups without number, a file and a directory of terabytes.
#[test]
fn ext_that_claims() {
    if !have(TOOLS) {
        return;
    }
    let root = folder("ext-claims");
    std::fs::write(root.join("file"), b"content").unwrap();
    let image = ext(&root, &["-t", "ext2", "-b", "1024"], "1M");
    let mut changed = image.clone();
    // Blocks of the file system, and blocks of a group.
    changed[1028..1032].copy_from_slice(&u32::MAX.to_le_bytes());
    changed[1056..1060].copy_from_slice(&1_u32.to_le_bytes());
    let why = error(&changed, &ImageLimits::DEFAULT).to_string();
    assert!(why.contains("groups of blocks in an image of 1048576 bytes"), "{why}");
    let mut changed = image.clone();
    changed[1056..1060].fill(0);
    assert!(read(&changed).is_err());
    let mut changed = image;
    changed[1048] = 6;
    assert!(read(&changed).is_err());
}
