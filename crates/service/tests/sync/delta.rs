//! What a delta names, against what a full analysis finds different.

use std::collections::{BTreeMap, BTreeSet};

use analysis::matching;
use index::compile::delta::{ChangeKind, compare};
use index::{CompileOptions, Compiler, Index};
use model::record::{Item, Record};
use model::vulnerability::{Epss, Kev};
use proptest::prelude::*;

/// The state of one vulnerability in a small world.
#[derive(Clone, Debug, PartialEq)]
struct Known {
    vendor: usize,
    end: u8,
    is_rejected: bool,
    severity: bool,
    epss: Option<u8>,
    is_exploited: bool,
}

const VENDORS: [&str; 3] = ["acme", "other", "third"];
const PRODUCTS: [&str; 3] = ["thing", "widget", "gadget"];
