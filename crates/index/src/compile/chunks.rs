//! A growing store that never moves what it holds: doubling a vector of hundreds of megabytes would need it
//! twice for a moment.

/// Elements of a chunk; longer slices get a chunk of their own.
const CHUNK: usize = 1 << 18;

/// Where a slice is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Span {
    chunk: u32,
    offset: u32,
    length: u32,
}

impl Span {
    pub(super) fn len(self) -> usize {
        self.length as usize
    }
}

/// The store.
#[derive(Debug, Default)]
pub(super) struct Chunks<T> {
    chunks: Vec<Vec<T>>,
}

impl<T: Copy> Chunks<T> {
    /// Keeps a copy of the slice; `None` when it is longer than 32 bits can say.
    pub(super) fn push(&mut self, items: &[T]) -> Option<Span> {
        let length = u32::try_from(items.len()).ok()?;
        let fits = |chunk: &Vec<T>| chunk.capacity() - chunk.len() >= items.len();
        if !self.chunks.last().is_some_and(fits) {
            self.chunks.push(Vec::with_capacity(items.len().max(CHUNK)));
        }
        let number = u32::try_from(self.chunks.len() - 1).ok()?;
        let chunk = self.chunks.last_mut()?;
        let offset = u32::try_from(chunk.len()).ok()?;
        chunk.extend_from_slice(items);
        Some(Span { chunk: number, offset, length })
    }

    pub(super) fn get(&self, span: Span) -> &[T] {
        let start = span.offset as usize;
        &self.chunks[span.chunk as usize][start..start + span.len()]
    }

    pub(super) fn chunks_mut(&mut self) -> &mut [Vec<T>] {
        &mut self.chunks
    }
}
