//! Fields that may be of any JSON type. Real SBOMs write numbers where the schema wants texts, one object
//! where it wants a list, and the same key twice; none of that may cost the document.
//!
//! [`Text`] keeps what was written, [`List`] accepts one value for a list of one, and [`loose!`] makes a
//! struct whose reading cannot fail on anything but broken JSON. The reader decides which surprise is
//! worth a note.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use model::note::{Note, NoteCode, Severity};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

/// A value that [`List`] can hold: it can be made of each JSON type without failing.
pub trait Loose<'a>: Sized + Default + Deserialize<'a> {
    /// Makes one of a text.
    fn of_text(_: Cow<'a, str>) -> Self {
        Self::default()
    }

    /// Makes one of an object.
    ///
    /// # Errors
    /// Only those of the parser.
    fn of_map<A: MapAccess<'a>>(map: A) -> Result<Self, A::Error>;
}

/// Longest name or version in bytes.
const LONGEST: usize = 4_096;

/// A text field, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Text<'a> {
    /// Not there, or `null`.
    #[default]
    Absent,
    /// A JSON string.
    Str(Cow<'a, str>),
    /// A number or a boolean, as written: the conversion loses nothing.
    Scalar(&'a str),
    /// A list, an object, or a string with an impossible escape.
    Wrong,
}

impl<'a> Text<'a> {
    /// The text without blanks around it; empty when absent or unusable. Scalars come as written.
    pub fn get(&self) -> &str {
        match self {
            Text::Str(text) => text.trim(),
            Text::Scalar(text) => text,
            Text::Absent | Text::Wrong => "",
        }
    }

    /// The text with the blanks around it, for contents whose every byte counts.
    pub fn whole(&self) -> &str {
        match self {
            Text::Str(text) => text,
            other => other.get(),
        }
    }

    /// As [`Text::get`] for names and versions: notes a field of another type, and cuts one that is no name.
    pub fn noted(&self, place: impl Fn() -> String, notes: &mut Vec<Note>) -> &str {
        match self {
            Text::Scalar(value) => notes.push(Note::new(NoteCode::FieldType, Severity::Info, place(), value)),
            Text::Wrong => {
                notes.push(Note::new(NoteCode::FieldType, Severity::Warn, place(), "not a text, ignored"));
            }
            Text::Absent | Text::Str(_) => {}
        }
        let text = self.get();
        if text.len() <= LONGEST {
            return text;
        }
        // No name and no version is this long; a line of a gigabyte must not be carried along.
        notes.push(Note::new(NoteCode::TooBig, Severity::Warn, place(), text));
        let end = (0..=LONGEST).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
        text.get(..end).unwrap_or_default()
    }

    /// The text itself, borrowed from the input where possible.
    pub fn into_cow(self) -> Cow<'a, str> {
        match self {
            Text::Str(text) => text,
            Text::Scalar(text) => Cow::Borrowed(text),
            Text::Absent | Text::Wrong => Cow::Borrowed(""),
        }
    }

    /// True when there is nothing usable.
    pub fn is_empty(&self) -> bool {
        self.get().is_empty()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The raw text, because a number loses its digits when parsed: 1.10 would become 1.1.
        let raw = <&'de RawValue>::deserialize(deserializer)?.get().trim();
        Ok(match raw.as_bytes().first() {
            Some(b'"') => match raw.get(1..raw.len().saturating_sub(1)) {
                Some(inner) if !inner.contains('\\') => Text::Str(Cow::Borrowed(inner)),
                _ => serde_json::from_str(raw).map_or(Text::Wrong, |text| Text::Str(Cow::Owned(text))),
            },
            Some(b'n') | None => Text::Absent,
            Some(b'{' | b'[') => Text::Wrong,
            Some(_) => Text::Scalar(raw),
        })
    }
}

impl<'a> Loose<'a> for Text<'a> {
    fn of_text(text: Cow<'a, str>) -> Self {
        Text::Str(text)
    }

    fn of_map<A: MapAccess<'a>>(map: A) -> Result<Self, A::Error> {
        skip_map(map)?;
        Ok(Text::Wrong)
    }
}

/// A list field: a list, or one value that stands for a list of one. `wrong` tells of any other type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T> {
    /// The elements.
    pub items: Vec<T>,
    /// The field was a number or a boolean.
    pub wrong: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        List { items: Vec::new(), wrong: false }
    }
}

impl<T> List<T> {
    /// The elements in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.items.iter()
    }

    /// The first element.
    pub fn first(&self) -> Option<&T> {
        self.items.first()
    }
}

impl<'t, T> IntoIterator for &'t List<T> {
    type Item = &'t T;
    type IntoIter = std::slice::Iter<'t, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

impl<'de, T: Loose<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Loose<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(List { items, wrong: false })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        Ok(List { items: vec![T::of_map(map)?], wrong: false })
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(List { items: vec![T::of_text(Cow::Borrowed(text))], wrong: false })
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(List { items: vec![T::of_text(Cow::Owned(text.to_owned()))], wrong: false })
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(List::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(List { items: Vec::new(), wrong: true })
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(List { items: Vec::new(), wrong: true })
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(List { items: Vec::new(), wrong: true })
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(List { items: Vec::new(), wrong: true })
    }
}

/// Reads the rest of an object and drops it.
///
/// # Errors
/// Only those of the parser.
pub fn skip_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<(), A::Error> {
    while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
    Ok(())
}

/// Reads the rest of a list and drops it.
///
/// # Errors
/// Only those of the parser.
pub fn skip_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<(), A::Error> {
    while seq.next_element::<IgnoredAny>()?.is_some() {}
    Ok(())
}

/// An object key, borrowed unless it holds escapes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name<'a>(pub Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Key<'a>(PhantomData<&'a ()>);
        impl<'de: 'a, 'a> Visitor<'de> for Key<'a> {
            type Value = Name<'a>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Key(PhantomData))
    }
}

/// Makes a struct of fields that are [`Loose`] or [`Text`] or [`List`]: unknown keys are passed over, the
/// first of two equal keys wins, and a value that is no object yields the default with `wrong` set.
macro_rules! loose {
    ($(#[$meta:meta])* $vis:vis struct $name:ident<$life:lifetime> { $($(#[$field_meta:meta])* $field:ident : $type:ty = $key:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        $vis struct $name<$life> {
            $($(#[$field_meta])* pub $field: $type,)*
            /// The value was no object.
            pub wrong: bool,
            #[doc(hidden)]
            pub life: std::marker::PhantomData<&$life ()>,
        }

        impl<$life> $crate::text::loose::Loose<$life> for $name<$life> {
            fn of_text(_: std::borrow::Cow<$life, str>) -> Self {
                $name { wrong: true, ..Default::default() }
            }

            fn of_map<A: serde::de::MapAccess<$life>>(mut map: A) -> Result<Self, A::Error> {
                let mut value = $name::default();
                let mut seen = [false; [$($key),*].len()];
                while let Some(key) = map.next_key::<$crate::text::loose::Name<$life>>()? {
                    let mut at = 0_usize;
                    $(
                        if key.0 == $key {
                            if let Some(seen) = seen.get_mut(at) && !*seen {
                                *seen = true;
                                value.$field = map.next_value()?;
                                continue;
                            }
                        }
                        at += 1;
                    )*
                    let _ = at;
                    map.next_value::<serde::de::IgnoredAny>()?;
                }
                Ok(value)
            }
        }

        impl<$life> serde::Deserialize<$life> for $name<$life> {
            fn deserialize<D: serde::Deserializer<$life>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($crate::text::loose::AnyVisitor::new())
            }
        }
    };
}
pub(crate) use loose;

/// Reads any JSON value into a [`Loose`] one.
pub struct AnyVisitor<T>(PhantomData<T>);

impl<T> AnyVisitor<T> {
    /// Makes one.
    #[expect(clippy::new_without_default, reason = "used by the macro only")]
    pub fn new() -> Self {
        AnyVisitor(PhantomData)
    }
}

impl<'de, T: Loose<'de>> Visitor<'de> for AnyVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::of_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        skip_seq(seq)?;
        Ok(T::of_text(Cow::Borrowed("")))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<T, E> {
        Ok(T::of_text(Cow::Owned(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_bool<E>(self, _: bool) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed("")))
    }

    fn visit_i64<E>(self, _: i64) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed("")))
    }

    fn visit_u64<E>(self, _: u64) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed("")))
    }

    fn visit_f64<E>(self, _: f64) -> Result<T, E> {
        Ok(T::of_text(Cow::Borrowed("")))
    }
}

/// Hands each element of a list to a function, one at a time, so that a long list costs one element; a field
/// of another type counts as one wrong element.
pub struct Each<T, F> {
    take: F,
    of: PhantomData<T>,
}

impl<T, F> Each<T, F> {
    /// Makes one.
    pub fn new(take: F) -> Self {
        Each { take, of: PhantomData }
    }
}

impl<'a, T: Loose<'a>, F: FnMut(T, usize)> DeserializeSeed<'a> for Each<T, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a, T: Loose<'a>, F: FnMut(T, usize)> Visitor<'a> for Each<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'a>>(mut self, mut seq: A) -> Result<(), A::Error> {
        let mut at = 0;
        while let Some(item) = seq.next_element::<T>()? {
            (self.take)(item, at);
            at += 1;
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'a>>(mut self, map: A) -> Result<(), A::Error> {
        (self.take)(T::of_map(map)?, 0);
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(mut self, _: bool) -> Result<(), E> {
        (self.take)(T::of_text(Cow::Borrowed("")), 0);
        Ok(())
    }

    fn visit_i64<E>(mut self, _: i64) -> Result<(), E> {
        (self.take)(T::of_text(Cow::Borrowed("")), 0);
        Ok(())
    }

    fn visit_u64<E>(mut self, _: u64) -> Result<(), E> {
        (self.take)(T::of_text(Cow::Borrowed("")), 0);
        Ok(())
    }

    fn visit_f64<E>(mut self, _: f64) -> Result<(), E> {
        (self.take)(T::of_text(Cow::Borrowed("")), 0);
        Ok(())
    }

    fn visit_str<E>(mut self, _: &str) -> Result<(), E> {
        (self.take)(T::of_text(Cow::Borrowed("")), 0);
        Ok(())
    }
}
