//! Objects whose keys are names of things (`packages` of a lock file): handed over one entry at a time, or kept as pairs.
//! As in [`loose`](super::loose), a value of another type costs nothing but itself.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::loose::{Name, skip_seq};

/// Hands each entry of an object to a function; a field of another type has none.
pub struct EachEntry<T, F> {
    take: F,
    of: PhantomData<T>,
}

impl<T, F> EachEntry<T, F> {
    /// Makes one.
    pub fn new(take: F) -> Self {
        EachEntry { take, of: PhantomData }
    }
}

impl<'a, T: Deserialize<'a>, F: FnMut(&str, T)> DeserializeSeed<'a> for EachEntry<T, F> {
    type Value = ();
    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'a, T: Deserialize<'a>, F: FnMut(&str, T)> Visitor<'a> for EachEntry<T, F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Name<'a>>()? {
            let value: T = map.next_value()?;
            (self.take)(&key.0, value);
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'a>>(self, seq: A) -> Result<(), A::Error> {
        skip_seq(seq)
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}

/// The entries of a small object, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entries<T>(pub Vec<(String, T)>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut entries = Vec::new();
        let take = |key: &str, value: T| entries.push((key.to_owned(), value));
        EachEntry::new(take).deserialize(deserializer)?;
        Ok(Entries(entries))
    }
}

/// Any value, as its JSON text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Raw<'a>(pub &'a str);

impl<'de: 'a, 'a> Deserialize<'de> for Raw<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Raw(<&'de RawValue>::deserialize(deserializer)?.get()))
    }
}
