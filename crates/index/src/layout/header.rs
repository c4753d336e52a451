//! What the file says about itself, and its written form inside the directory.

use model::feed::FeedStatus;

use super::codec::{Corrupt, Cursor, Decoded, put_text, put_varint};

/// Major layout number: a reader refuses any other.
pub const MAJOR: u16 = 1;
/// Minor layout number: raised by additions that older readers may pass over. 1: references to exploits and earlier
/// scores. 2: catalogues of exploited vulnerabilities beside CISA's, and the life of branches.
pub const MINOR: u16 = 2;

/// Everything the index says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Layout number, major and minor.
    pub format: (u16, u16),
    /// When it was compiled, as given by the caller.
    pub compiled_at: String,
    /// The program that compiled it.
    pub builder: String,
    /// The feeds in it, sorted by id.
    pub feeds: Vec<FeedStatus>,
    /// Hex hash over all records, whatever their order: equal knowledge gives an equal fingerprint.
    pub fingerprint: String,
}

impl Header {
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        put_text(out, &self.compiled_at);
        put_text(out, &self.builder);
        put_text(out, &self.fingerprint);
        put_varint(out, self.feeds.len() as u64);
        for feed in &self.feeds {
            put_text(out, &feed.id);
            put_text(out, &feed.revision);
            put_text(out, &feed.as_of);
            put_text(out, &feed.fetched_at);
            put_text(out, &feed.fingerprint);
            put_varint(out, feed.records);
            put_varint(out, u64::from(feed.max_age_days));
        }
    }

    pub(crate) fn read(cursor: &mut Cursor<'_>, format: (u16, u16)) -> Decoded<Header> {
        let mut header = Header { format, ..Header::default() };
        header.compiled_at = cursor.text()?.to_owned();
        header.builder = cursor.text()?.to_owned();
        header.fingerprint = cursor.text()?.to_owned();
        for _ in 0..cursor.number()? {
            header.feeds.push(feed(cursor)?);
        }
        Ok(header)
    }

    /// The feed with an id.
    pub fn feed(&self, id: &str) -> Option<&FeedStatus> {
        self.feeds.iter().find(|feed| feed.id == id)
    }
}

fn feed(cursor: &mut Cursor<'_>) -> Decoded<FeedStatus> {
    Ok(FeedStatus {
        id: cursor.text()?.to_owned(),
        revision: cursor.text()?.to_owned(),
        as_of: cursor.text()?.to_owned(),
        fetched_at: cursor.text()?.to_owned(),
        fingerprint: cursor.text()?.to_owned(),
        records: cursor.varint()?,
        max_age_days: u16::try_from(cursor.varint()?).map_err(|_| Corrupt)?,
    })
}
