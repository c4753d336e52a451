//! What components need of each other: the dependency graph of a release (assessment.md 1.1.2, 2.4).
//!
//! The edges stand with the component that needs: folding and joining take them along as they take its other parts.
//! What a component is contained in or statically linked into stands in `Component::parents`.

use crate::words::words;

words! {
    /// What the words of an input make of a dependency, the surest first.
    Tie {
        /// The code is inside of the one that needs it.
        StaticLink = "static_link",
        /// Loaded by the one that needs it.
        DynamicLink = "dynamic_link",
        /// Needed at run time.
        Runtime = "runtime",
        /// A dependency, and nothing says of what kind.
        Stated = "stated",
        /// Present when the other was built: a library may be linked, a program was a tool.
        BuiltAgainst = "built_against",
    }
}

/// One edge of the graph.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// The `source_ref` of the component that is needed.
    pub on: String,
    /// How.
    pub tie: Tie,
}

impl Need {
    /// An edge.
    pub fn new(on: impl Into<String>, tie: Tie) -> Need {
        Need { on: on.into(), tie }
    }
}
