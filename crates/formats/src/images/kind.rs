//! What lies at the beginning of an image, a partition or a stream: told by its content.

use super::bytes::Bytes;
use super::codec::Codec;
use crate::{archives, cpio, ext4, partitions, squashfs};

/// Bytes that are looked at: the farthest sign (btrfs) stands behind 64 KiB.
pub const HEAD: usize = 68 << 10;

/// A container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// squashfs of any version.
    Squashfs,
    /// ext2, ext3 or ext4.
    Ext,
    /// A disk with a partition table.
    Disk,
    /// cpio.
    Cpio,
    /// tar.
    Tar,
    /// A compressed stream.
    Compressed(Codec),
    /// The old wrapper of U-Boot.
    UImage,
    /// Known, and not read.
    Foreign(&'static Foreign),
    /// Nothing we know.
    Unknown,
}

impl Container {
    /// Names what begins with these bytes; [`HEAD`] of them are enough.
    pub fn of(head: &[u8]) -> Container {
        let bytes = Bytes(head);
        if squashfs::is_squashfs(head) {
            Container::Squashfs
        } else if cpio::is_cpio(head) {
            Container::Cpio
        } else if let Some(codec) = Codec::of(head) {
            Container::Compressed(codec)
        } else if partitions::is_gpt(head) {
            Container::Disk
        } else if bytes.has(0, &[0x27, 0x05, 0x19, 0x56]) {
            Container::UImage
        } else if let Some(foreign) = FOREIGN.iter().find(|foreign| (foreign.is)(bytes)) {
            Container::Foreign(foreign)
        } else if ext4::is_ext(head) {
            Container::Ext
        } else if partitions::is_mbr(head) {
            Container::Disk
        } else if archives::container(head) == Some(archives::Container::Tar) {
            Container::Tar
        } else {
            Container::Unknown
        }
    }
}

/// Something that is recognised and not read.
#[derive(Debug)]
pub struct Foreign {
    /// What it is, with its article.
    pub what: &'static str,
    /// What to do instead.
    pub advice: &'static str,
    /// It holds, or may hold, a root file system: nothing of it is silently passed over.
    pub is_storage: bool,
    is: fn(Bytes<'_>) -> bool,
}

impl PartialEq for Foreign {
    fn eq(&self, other: &Foreign) -> bool {
        self.what == other.what
    }
}

impl Eq for Foreign {}

const MOUNT: &str = "mount it and give the directory, or make a tar archive of its files";
const BUILD: &str = "give the image from which the build made it, or a tar archive of the root file system";

/// In the order of the check.
const FOREIGN: &[Foreign] = &[
    Foreign {
        what: "an encrypted LUKS volume",
        advice: "open it with cryptsetup, mount it and give the directory",
        is_storage: true,
        is: |b| b.has(0, b"LUKS\xba\xbe"),
    },
    Foreign {
        what: "an LVM volume",
        advice: "activate it, mount it and give the directory",
        is_storage: true,
        is: |b| (0..4).any(|sector| b.has(sector * 512, b"LABELONE")),
    },
    Foreign {
        what: "a UBI image",
        advice: "give the squashfs or a tar archive of the root file system that went into it (ubireader unpacks UBI)",
        is_storage: true,
        is: |b| b.has(0, b"UBI#"),
    },
    Foreign {
        what: "a UBIFS file system",
        advice: BUILD,
        is_storage: true,
        is: |b| b.has(0, &[0x31, 0x18, 0x10, 0x06]),
    },
    Foreign {
        what: "a JFFS2 file system",
        advice: BUILD,
        is_storage: true,
        is: |b| {
            (b.has(0, &[0x85, 0x19]) && b.le16(2).is_some_and(is_jffs2_node))
                || (b.has(0, &[0x19, 0x85]) && b.le16(2).is_some_and(|node| is_jffs2_node(node.swap_bytes())))
        },
    },
    Foreign {
        what: "a btrfs file system",
        advice: MOUNT,
        is_storage: true,
        is: |b| b.has(0x1_0040, b"_BHRfS_M"),
    },
    Foreign {
        what: "an F2FS file system",
        advice: MOUNT,
        is_storage: true,
        is: |b| b.has(1024, &[0x10, 0x20, 0xf5, 0xf2]),
    },
    Foreign {
        what: "an EROFS file system",
        advice: MOUNT,
        is_storage: true,
        is: |b| b.has(1024, &[0xe2, 0xe1, 0xf5, 0xe0]),
    },
    Foreign { what: "an XFS file system", advice: MOUNT, is_storage: true, is: |b| b.has(0, b"XFSB") },
    Foreign {
        what: "a cramfs file system",
        advice: BUILD,
        is_storage: true,
        is: |b| b.has(0, &[0x45, 0x3d, 0xcd, 0x28]) || b.has(0, &[0x28, 0xcd, 0x3d, 0x45]),
    },
    Foreign { what: "a romfs file system", advice: BUILD, is_storage: true, is: |b| b.has(0, b"-rom1fs-") },
    Foreign { what: "an ISO 9660 image", advice: MOUNT, is_storage: true, is: |b| b.has(0x8001, b"CD001") },
    Foreign { what: "an exFAT file system", advice: MOUNT, is_storage: false, is: |b| b.has(3, b"EXFAT   ") },
    Foreign { what: "an NTFS file system", advice: MOUNT, is_storage: false, is: |b| b.has(3, b"NTFS    ") },
    Foreign {
        what: "a FAT file system",
        advice: "it holds no root file system of Linux; give the image that does",
        is_storage: false,
        is: |b| b.has(510, &[0x55, 0xaa]) && (b.has(54, b"FAT1") || b.has(82, b"FAT32")),
    },
    Foreign {
        what: "swap space",
        advice: "there is nothing to read in it",
        is_storage: false,
        is: |b| b.has(4086, b"SWAPSPACE2") || b.has(4086, b"SWAP-SPACE"),
    },
    Foreign {
        what: "an Android sparse image",
        advice: "convert it with `simg2img SPARSE RAW` and give the raw image",
        is_storage: true,
        is: |b| b.has(0, &[0x3a, 0xff, 0x26, 0xed]),
    },
    Foreign {
        what: "an Android boot image",
        advice: "take the ramdisk out of it with `unpack_bootimg` and give that",
        is_storage: true,
        is: |b| b.has(0, b"ANDROID!"),
    },
    Foreign {
        what: "a flattened device tree, which U-Boot uses for FIT images",
        advice: "take the root file system out of it with `dumpimage -l` and `dumpimage -T flat_dt -p NUMBER -o OUT`",
        is_storage: true,
        is: |b| b.has(0, &[0xd0, 0x0d, 0xfe, 0xed]),
    },
    Foreign {
        what: "a qcow2 disk of a virtual machine",
        advice: "convert it with `qemu-img convert -O raw`",
        is_storage: true,
        is: |b| b.has(0, b"QFI\xfb"),
    },
    Foreign {
        what: "a VMDK disk of a virtual machine",
        advice: "convert it with `qemu-img convert -O raw`",
        is_storage: true,
        is: |b| b.has(0, b"KDMV"),
    },
];

fn is_jffs2_node(node: u16) -> bool {
    matches!(node, 0xe001 | 0xe002 | 0x2003 | 0x2004 | 0x2006 | 0xe008 | 0xe009)
}
