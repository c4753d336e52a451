//! Tolerant field types of foreign records: borrowed texts, and lists and texts for which `null` is "none".

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A text that borrows from the document where nothing is escaped; `null` reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Word<'a>(pub Cow<'a, str>);

impl Word<'_> {
    /// True when nothing is written.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::ops::Deref for Word<'_> {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

struct WordVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for WordVisitor<'a> {
    type Value = Word<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Word<'a>, E> {
        Ok(Word(Cow::Borrowed(text)))
    }
    fn visit_str<E>(self, text: &str) -> Result<Word<'a>, E> {
        Ok(Word(Cow::Owned(text.to_owned())))
    }
    fn visit_string<E>(self, text: String) -> Result<Word<'a>, E> {
        Ok(Word(Cow::Owned(text)))
    }
    fn visit_unit<E>(self) -> Result<Word<'a>, E> {
        Ok(Word::default())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Word<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WordVisitor(PhantomData))
    }
}

/// A list; `null` reads as empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        List(Vec::new())
    }
}

impl<T> std::ops::Deref for List<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> List<Word<'a>> {
    /// The texts, in order. The allocation is reused: both types have the same layout.
    pub fn into_texts(self) -> Vec<Cow<'a, str>> {
        self.0.into_iter().map(|word| word.0).collect()
    }
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListVisitor<T> {
    type Value = List<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_unit<E>(self) -> Result<List<T>, E> {
        Ok(List::default())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<List<T>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(List(items))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListVisitor(PhantomData))
    }
}

/// An object with free keys and text values, in order (`{"Exploitation": "active"}`); values of another type
/// are left out, `null` reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pairs<'a>(pub Vec<(Word<'a>, Word<'a>)>);

struct PairsVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for PairsVisitor<'a> {
    type Value = Pairs<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of texts")
    }
    fn visit_unit<E>(self) -> Result<Pairs<'a>, E> {
        Ok(Pairs::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<'a>, A::Error> {
        let mut pairs = Vec::new();
        while let Some(key) = map.next_key::<Word<'a>>()? {
            pairs.push((key, map.next_value::<Word<'a>>()?));
        }
        Ok(Pairs(pairs))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PairsVisitor(PhantomData))
    }
}

/// The keys of an object whose values are not looked at, in order; `null` reads as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys<'a>(pub Vec<Word<'a>>);

impl<'a> Keys<'a> {
    /// The keys.
    pub fn into_texts(self) -> Vec<Cow<'a, str>> {
        self.0.into_iter().map(|word| word.0).collect()
    }
}

struct KeysVisitor<'a>(PhantomData<&'a ()>);

impl<'de: 'a, 'a> Visitor<'de> for KeysVisitor<'a> {
    type Value = Keys<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_unit<E>(self) -> Result<Keys<'a>, E> {
        Ok(Keys::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Keys<'a>, A::Error> {
        let mut keys = Vec::new();
        while let Some((key, IgnoredAny)) = map.next_entry::<Word<'a>, IgnoredAny>()? {
            keys.push(key);
        }
        Ok(Keys(keys))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Keys<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(KeysVisitor(PhantomData))
    }
}

/// An object with free keys and values of one shape, in order; `null` reads as empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<'a, T>(pub Vec<(Word<'a>, T)>);

impl<T> Default for Named<'_, T> {
    fn default() -> Self {
        Named(Vec::new())
    }
}

struct NamedVisitor<'a, T>(PhantomData<(&'a (), T)>);

impl<'de: 'a, 'a, T: Deserialize<'de>> Visitor<'de> for NamedVisitor<'a, T> {
    type Value = Named<'a, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_unit<E>(self) -> Result<Named<'a, T>, E> {
        Ok(Named::default())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<'a, T>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Named(members))
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Named<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NamedVisitor(PhantomData))
    }
}

/// A list whose elements are parsed as `T` and dropped: what a parse costs without what it is for. Used by
/// the benchmark that compares compiling with parsing.
#[derive(Clone, Debug)]
pub struct Dropped<T>(PhantomData<T>);

impl<T> Default for Dropped<T> {
    fn default() -> Self {
        Dropped(PhantomData)
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for Dropped<T> {
    type Value = Dropped<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }
    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<T>()?.is_some() {}
        Ok(self)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Dropped<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Dropped(PhantomData))
    }
}

/// A value of any type that is not looked at, but for whether it is there.
pub type Anything = Option<IgnoredAny>;

impl serde::Serialize for Word<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<T: serde::Serialize> serde::Serialize for List<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
