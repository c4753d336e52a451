//! XML as JSON text, so that one reader serves both spellings. A table says what each element becomes; an element that
//! no table knows becomes what it looks like: a text, or an object of its children, those of one name as a list.
//!
//! Nothing is expanded: a document type is refused, so that no entity can swell a document, and the five names that
//! XML has without one are read. Elements of other vocabularies are passed over.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod frame;

use model::note::{Note, NoteCode, Severity};
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, IllFormedError, SyntaxError};
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use quick_xml::reader::NsReader;

use crate::limits::{FormatError, Limits};
use frame::Frame;

/// One vocabulary.
pub struct Vocabulary {
    /// Names that the root may have.
    pub roots: &'static [&'static str],
    /// How the namespace of its elements begins; empty when they have none.
    pub namespace: &'static str,
    /// What is known of an element, by the names of what it lies in (outermost last) and its own.
    pub row: fn(grandparent: &str, parent: &str, name: &str) -> Row,
    /// JSON members that the root gets, made of the rest of its namespace.
    pub members: fn(rest: &str) -> String,
}

/// What an element becomes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Row {
    /// Its key in JSON, where that is not its own name.
    pub key: Option<&'static str>,
    /// Attributes that are taken, and their keys.
    pub attributes: &'static [(&'static str, &'static str)],
    /// Children that make it a list of them.
    pub items: &'static [&'static str],
    /// Its shape.
    pub form: Form,
}

/// The shape of an element in JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// A text, an object or a list, as it looks.
    #[default]
    AsItLooks,
    /// One of a list of its parent, also when it stands alone.
    Repeated,
    /// An object that has the text under this key.
    Text(&'static str),
    /// An object with one member of this key, which is the element as it looks.
    Wrapped(&'static str),
    /// The value of the first attribute, in a list of its parent.
    Reference,
}

/// Notes of one document that are kept: whoever writes a million wrong entities learns of the first.
const NOTES: usize = 200;

/// Turns an XML text into JSON text.
///
/// # Errors
/// When the text is no whole XML document, has another root, declares a document type, or nests deeper than the limit.
pub fn to_json(
    text: &str,
    name: &str,
    limits: &Limits,
    vocabulary: &Vocabulary,
    notes: &mut Vec<Note>,
) -> Result<String, FormatError> {
    let mut reader = NsReader::from_str(text);
    reader.config_mut().allow_dangling_amp = true;
    let mut walk =
        Walk { text, name, limits, vocabulary, notes, stack: Vec::new(), foreign: 0, done: None, at: 0 };
    loop {
        walk.at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        let (namespace, event) = match reader.read_resolved_event() {
            Ok((namespace, event)) => (namespace_text(namespace), event),
            Err(error) => return Err(walk.broken(&error)),
        };
        if matches!(event, Event::Eof) {
            return walk.end();
        }
        walk.take(namespace.as_deref(), event)?;
    }
}

/// The namespace of an element; `None` where its prefix is bound to nothing.
fn namespace_text(namespace: ResolveResult<'_>) -> Option<String> {
    match namespace {
        ResolveResult::Bound(Namespace(text)) => Some(text.to_owned()),
        ResolveResult::Unbound => Some(String::new()),
        ResolveResult::Unknown(_) => None,
    }
}

struct Walk<'w> {
    text: &'w str,
    name: &'w str,
    limits: &'w Limits,
    vocabulary: &'w Vocabulary,
    notes: &'w mut Vec<Note>,
    stack: Vec<Frame>,
    /// Levels inside of an element of another vocabulary.
    foreign: usize,
    /// The root as JSON.
    done: Option<String>,
    /// Bytes behind the walk.
    at: usize,
}

impl Walk<'_> {
    fn take(&mut self, namespace: Option<&str>, event: Event<'_>) -> Result<(), FormatError> {
        match event {
            Event::Start(start) => self.begin(namespace, &start),
            Event::Empty(start) => {
                self.begin(namespace, &start)?;
                self.close()
            }
            Event::End(_) => self.close(),
            Event::Text(text) => {
                self.push(&text.xml10_content());
                Ok(())
            }
            Event::CData(text) => {
                self.push(&text.xml10_content());
                Ok(())
            }
            Event::GeneralRef(reference) => {
                self.resolve(&reference);
                Ok(())
            }
            Event::DocType(_) => Err(self.malformed(
                "it declares a document type, whose entities could swell it; remove the <!DOCTYPE ...>",
            )),
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::Eof => Ok(()),
        }
    }

    fn begin(&mut self, namespace: Option<&str>, start: &BytesStart<'_>) -> Result<(), FormatError> {
        if self.done.is_some() {
            return Err(self.malformed("something follows the end of its root"));
        }
        if self.stack.len() + self.foreign >= self.limits.depth {
            let (name, limit) = (self.name.to_owned(), self.limits.depth);
            return Err(FormatError::TooDeep { name, limit, at: self.at });
        }
        let rest = namespace.and_then(|text| text.strip_prefix(self.vocabulary.namespace));
        let local = start.local_name();
        let own = local.as_ref();
        match rest {
            Some(rest) if self.stack.is_empty() => {
                if !self.vocabulary.roots.contains(&own) {
                    let why = format!("its root is <{own}>, not <{}>", self.vocabulary.roots.join("> or <"));
                    return Err(self.malformed(&why));
                }
                let mut frame = Frame::new(own, (self.vocabulary.row)("", "", own));
                frame.begin_with((self.vocabulary.members)(rest));
                self.add_attributes(&mut frame, start);
                self.stack.push(frame);
            }
            None if self.stack.is_empty() => {
                let why = format!(
                    "its root <{own}> is of an unknown namespace, {:?}",
                    namespace.unwrap_or_default()
                );
                return Err(self.malformed(&why));
            }
            Some(_) if self.foreign == 0 => {
                let mut above = self.stack.iter().rev().map(Frame::name);
                let (parent, grandparent) =
                    (above.next().unwrap_or_default(), above.next().unwrap_or_default());
                let mut frame = Frame::new(own, (self.vocabulary.row)(grandparent, parent, own));
                self.add_attributes(&mut frame, start);
                self.stack.push(frame);
            }
            _ => self.foreign += 1,
        }
        Ok(())
    }

    /// Attributes of the vocabulary have no prefix.
    fn add_attributes(&mut self, frame: &mut Frame, start: &BytesStart<'_>) {
        for attribute in start.attributes().with_checks(false) {
            let Ok(attribute) = attribute else {
                self.note(NoteCode::FieldType, "an attribute that cannot be read");
                continue;
            };
            let key = attribute.key.as_ref();
            if frame.takes(key) {
                let value = attribute.normalized_value(XmlVersion::Implicit1_0);
                frame.add_attribute(key, &value.unwrap_or_else(|_| attribute.value.clone()));
            }
        }
    }

    fn close(&mut self) -> Result<(), FormatError> {
        if self.foreign > 0 {
            self.foreign -= 1;
            return Ok(());
        }
        let Some(frame) = self.stack.pop() else {
            return Err(self.malformed("an element ends that did not begin"));
        };
        match self.stack.last_mut() {
            Some(parent) => parent.adopt(frame),
            None => self.done = Some(frame.into_json()),
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if self.foreign == 0
            && let Some(frame) = self.stack.last_mut()
        {
            frame.push(text);
        }
    }

    /// `&amp;`, `&#233;`; a name that nobody declares stays as it is written.
    fn resolve(&mut self, reference: &BytesRef<'_>) {
        let content = reference.xml10_content();
        let known = match content.as_ref() {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => reference.resolve_char_ref().ok().flatten(),
        };
        if let Some(character) = known {
            self.push(character.encode_utf8(&mut [0; 4]));
            return;
        }
        let written = format!("&{content};");
        self.note(NoteCode::FieldType, &format!("{written} is not declared, kept as it is written"));
        self.push(&written);
    }

    fn end(self) -> Result<String, FormatError> {
        match (self.done, self.stack.last()) {
            (Some(json), _) => Ok(json),
            (None, Some(open)) => {
                let why =
                    format!("<{}> is not closed at line {}", open.name(), line(self.text, self.text.len()));
                Err(FormatError::Truncated { name: self.name.to_owned(), why })
            }
            (None, None) => {
                let why = "there is no element in it".to_owned();
                Err(FormatError::Truncated { name: self.name.to_owned(), why })
            }
        }
    }

    fn note(&mut self, code: NoteCode, value: &str) {
        if self.notes.len() < NOTES {
            let place = format!("line {}", line(self.text, self.at));
            self.notes.push(Note::new(code, Severity::Warn, place, value));
        }
    }

    fn malformed(&self, why: &str) -> FormatError {
        let why = format!("{why} (line {})", line(self.text, self.at));
        FormatError::Malformed { name: self.name.to_owned(), why }
    }

    /// An early end is told apart from a wrong character: markup that is open at the end of the text.
    fn broken(&self, error: &Error) -> FormatError {
        let is_open = match error {
            Error::Syntax(SyntaxError::InvalidBangMarkup) => {
                !self.text.get(self.at..).unwrap_or_default().contains('>')
            }
            Error::Syntax(_) | Error::IllFormed(IllFormedError::UnclosedReference) => true,
            _ => false,
        };
        if is_open {
            let why = format!("{error}, in line {}", line(self.text, self.at));
            return FormatError::Truncated { name: self.name.to_owned(), why };
        }
        self.malformed(&format!("not valid XML: {error}"))
    }
}

/// The line of a byte, from 1.
fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at.min(text.len())).unwrap_or_default();
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}
