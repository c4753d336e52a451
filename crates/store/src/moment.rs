//! A point in time as the store keeps it.

/// Milliseconds since 1970 in UTC. Given from outside: the store has no clock. [`Moment::NEVER`] stands for "not yet"
/// and "no end".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// Not yet, not at all, no end.
    pub const NEVER: Moment = Moment(0);

    /// This moment and some milliseconds.
    #[must_use]
    pub fn plus(self, milliseconds: i64) -> Moment {
        Moment(self.0.saturating_add(milliseconds))
    }

    /// True when it is a date that lies at or before `now`; [`Moment::NEVER`] is never past.
    pub fn is_past(self, now: Moment) -> bool {
        self != Moment::NEVER && self <= now
    }
}

impl From<Moment> for crate::database::Value {
    fn from(moment: Moment) -> Self {
        crate::database::Value::Int(moment.0)
    }
}

impl crate::database::Row {
    pub(crate) fn moment(&self, at: usize) -> crate::Result<Moment> {
        Ok(Moment(self.int(at)?))
    }
}
