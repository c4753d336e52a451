//! Between our values and those of the interpreter: asked for by name, made when they are read.

use std::any::Any;
use std::cmp::Ordering;
use std::collections::HashMap;

use cel::ExecutionError;
use cel::common::traits::{Adder, Comparer, Subtractor};
use cel::common::types::{CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelString, Type};
use cel::common::value::{CowVal, StaticVal, Val};
use cel::context::VariableResolver;
use model::identity::Purl;
use versions::vers::Vers;

use super::{Facts, Value};

/// The kind of [`Moment`] in the interpreter.
pub(super) static TIME: Type = Type::new_unspecified_type("time");
/// The kind of [`Period`] in the interpreter.
pub(super) static SPAN: Type = Type::new_unspecified_type("length of time");
/// The kind of [`Prepared`] in the interpreter.
pub(super) static PREPARED: Type = Type::new_unspecified_type("pattern");

/// What `has(name)` becomes.
pub(super) const HAS: &str = "has:";
/// What `class_at_least(class)` becomes.
pub(super) const CLASS: &str = "class:";
/// What `any_path(pattern)` becomes.
pub(super) const PATH: &str = "path:";
/// What a prepared literal becomes, with its number.
pub(super) const PREPARED_NAME: &str = "prepared:";

/// A point in time, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub i64);

/// A length of time, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Period(pub i64);

/// A literal that is understood once, at load.
#[derive(Clone, Debug)]
pub(super) enum Prepared {
    /// A regular expression.
    Pattern(regex_lite::Regex),
    /// A version range.
    Range(Box<Vers>),
    /// A package URL with `*`.
    Package(Box<Purl>),
    /// A point in time.
    Time(Moment),
    /// A length of time.
    Span(Period),
}

/// Answers the interpreter from [`Facts`]; the names are those that the check has written into the tree.
pub(super) struct Resolver<'f> {
    /// Who knows.
    pub facts: &'f dyn Facts,
    /// The literals of the expression.
    pub prepared: &'f [Prepared],
}

impl VariableResolver for Resolver<'_> {
    fn resolve<'b>(&'b self, name: &str) -> Option<CowVal<'b, 'b>> {
        // Names of the expression's own loops are plain words and never asked here first.
        if let Some(name) = name.strip_prefix(HAS) {
            return Some(truth(self.facts.has(name)));
        }
        if let Some(class) = name.strip_prefix(CLASS) {
            return Some(truth(self.facts.class_at_least(class)));
        }
        if let Some(pattern) = name.strip_prefix(PATH) {
            return self.facts.any_path(pattern).map(truth);
        }
        if let Some(number) = name.strip_prefix(PREPARED_NAME) {
            return match self.prepared.get(number.parse::<usize>().ok()?)? {
                Prepared::Time(time) => Some(CowVal::Borrowed(time)),
                Prepared::Span(span) => Some(CowVal::Borrowed(span)),
                other => Some(CowVal::Borrowed(other)),
            };
        }
        self.facts.value(name).map(|value| CowVal::Owned(boxed(value)))
    }
}

fn truth<'b>(truth: bool) -> CowVal<'b, 'b> {
    CowVal::owned(CelBool::from(truth))
}

fn boxed<'b>(value: Value<'b>) -> Box<dyn Val + 'b> {
    match value {
        Value::Bool(truth) => Box::new(CelBool::from(truth)),
        Value::Int(number) => Box::new(CelInt::from(number)),
        Value::Double(number) => Box::new(CelDouble::from(number)),
        Value::Text(text) => Box::new(CelString::from(text)),
        Value::Time(seconds) => Box::new(Moment(seconds)),
        Value::List(entries) => {
            Box::new(CelList::from(entries.into_iter().map(boxed).collect::<Vec<Box<dyn Val + 'b>>>()))
        }
        Value::Record(parts) => {
            let parts = parts.into_iter().map(|(name, value)| (CelMapKey::from(name), boxed(value)));
            Box::new(CelMap::from(parts.collect::<HashMap<CelMapKey<'b>, Box<dyn Val + 'b>>>()))
        }
    }
}

/// A value of ours that is added, subtracted and compared.
macro_rules! reckoned {
    ($name:ident, $type:ident) => {
        impl Val for $name {
            fn get_type(&self) -> &Type {
                &$type
            }

            fn cel_type() -> &'static Type {
                &$type
            }

            fn as_adder<'b, 'v>(&'b self) -> Option<&'b (dyn Adder + 'v)>
            where
                Self: 'v,
            {
                Some(self)
            }

            fn as_subtractor<'b, 'v>(&'b self) -> Option<&'b (dyn Subtractor + 'v)>
            where
                Self: 'v,
            {
                Some(self)
            }

            fn as_comparer(&self) -> Option<&dyn Comparer> {
                Some(self)
            }

            fn equals(&self, other: &dyn Val) -> bool {
                other.downcast_ref::<$name>() == Some(self)
            }

            fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
            where
                Self: 'v,
            {
                Box::new(*self)
            }

            fn as_any(&self) -> Option<&dyn Any> {
                Some(self)
            }
        }

        impl StaticVal for $name {}
    };
}

reckoned!(Moment, TIME);
reckoned!(Period, SPAN);

impl Adder for Moment {
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let span = other.downcast_ref::<Period>().and_then(|span| self.0.checked_add(span.0));
        span.map(|seconds| CowVal::owned(Moment(seconds))).ok_or_else(|| beyond("+"))
    }
}

impl Subtractor for Moment {
    fn sub<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        if let Some(earlier) = other.downcast_ref::<Moment>() {
            let span = self.0.checked_sub(earlier.0).ok_or_else(|| beyond("-"))?;
            return Ok(CowVal::owned(Period(span)));
        }
        let time = other.downcast_ref::<Period>().and_then(|span| self.0.checked_sub(span.0));
        time.map(|seconds| CowVal::owned(Moment(seconds))).ok_or_else(|| beyond("-"))
    }
}

impl Comparer for Moment {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        other.downcast_ref::<Moment>().map(|other| self.cmp(other)).ok_or_else(|| beyond("<"))
    }
}

impl Adder for Period {
    fn add<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        if let Some(time) = other.downcast_ref::<Moment>() {
            let time = time.0.checked_add(self.0).ok_or_else(|| beyond("+"))?;
            return Ok(CowVal::owned(Moment(time)));
        }
        let span = other.downcast_ref::<Period>().and_then(|span| self.0.checked_add(span.0));
        span.map(|seconds| CowVal::owned(Period(seconds))).ok_or_else(|| beyond("+"))
    }
}

impl Subtractor for Period {
    fn sub<'b, 'v>(&'b self, other: &(dyn Val + 'v)) -> Result<CowVal<'b, 'v>, ExecutionError>
    where
        Self: 'v,
    {
        let span = other.downcast_ref::<Period>().and_then(|span| self.0.checked_sub(span.0));
        span.map(|seconds| CowVal::owned(Period(seconds))).ok_or_else(|| beyond("-"))
    }
}

impl Comparer for Period {
    fn compare(&self, other: &dyn Val) -> Result<Ordering, ExecutionError> {
        other.downcast_ref::<Period>().map(|other| self.cmp(other)).ok_or_else(|| beyond("<"))
    }
}

impl Val for Prepared {
    fn get_type(&self) -> &Type {
        &PREPARED
    }

    fn cel_type() -> &'static Type {
        &PREPARED
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v>
    where
        Self: 'v,
    {
        Box::new(self.clone())
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for Prepared {}

/// The kinds are checked at load, so what is left is a time beyond all calendars.
fn beyond(sign: &str) -> ExecutionError {
    ExecutionError::function_error(sign, "the time is beyond the calendar")
}
