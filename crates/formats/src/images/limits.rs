//! What reading one image may cost.

/// Limits of one image. Each ends the reading with a sentence that names its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ImageLimits {
    /// Files, directories and links, in all file systems together.
    pub entries: u64,
    /// Bytes that may come out of all decompressors and files together.
    pub bytes: u64,
    /// Bytes of one file that is handed over whole; a larger one is passed over with a note.
    pub file_bytes: u64,
    /// Bytes other than zero of images that have to be unpacked into memory, because they lie in a compressed file.
    pub held_bytes: u64,
    /// Bytes other than zero that may come out for one byte that goes in (looked at once 1 MiB has come out).
    pub ratio: u64,
    /// Directories in each other.
    pub directories: usize,
    /// Containers in each other (an ext4 image in a partition of a compressed disk image counts three).
    pub nesting: usize,
    /// Partitions of one disk.
    pub partitions: u32,
    /// Bytes of firmware that are searched for a squashfs.
    pub search_bytes: u64,
}

impl ImageLimits {
    /// 2 million entries, 32 GiB out, files of 256 MiB, 512 MiB in memory, ratio 1,000, 256 directories deep, 6 containers
    /// deep, 256 partitions, 512 MiB searched.
    pub const DEFAULT: ImageLimits = ImageLimits {
        entries: 2_000_000,
        bytes: 32 << 30,
        file_bytes: 256 << 20,
        held_bytes: 512 << 20,
        ratio: 1_000,
        directories: 256,
        nesting: 6,
        partitions: 256,
        search_bytes: 512 << 20,
    };
}
