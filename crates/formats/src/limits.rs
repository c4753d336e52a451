//! Bounds of everything that is read: hostile input costs bounded time and memory.

/// Limits of one reading job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one document or archive member after decompression.
    pub document_bytes: u64,
    /// Bytes of a whole archive after decompression.
    pub archive_bytes: u64,
    /// Members of an archive.
    pub members: u64,
    /// Decompressed bytes per compressed byte (checked once 1 MiB has come out).
    pub ratio: u64,
    /// Nesting of JSON values.
    pub depth: usize,
    /// Components of one SBOM.
    pub components: usize,
}

impl Limits {
    /// Limits for SBOMs and evidence: 1 GiB documents, 4 GiB archives, 200,000 members, ratio 1,000, depth 64.
    pub const INVENTORY: Limits = Limits {
        document_bytes: 1 << 30,
        archive_bytes: 4 << 30,
        members: 200_000,
        ratio: 1_000,
        depth: 64,
        components: 2_000_000,
    };
    /// Limits for feeds: whole archives of records.
    pub const FEED: Limits = Limits {
        document_bytes: 2 << 30,
        archive_bytes: 64 << 30,
        members: 5_000_000,
        ratio: 1_000,
        depth: 64,
        components: 0,
    };
}
