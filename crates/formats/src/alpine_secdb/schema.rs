//! The shape of a package.

use serde::Deserialize;

use crate::records::Wire;
use crate::records::shape::{Shape, TEXTS};
use crate::records::wire::{List, Named, Word};

/// An element of `packages[]`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Element<'a> {
    #[serde(borrow)]
    pub pkg: Package<'a>,
}

/// A source package.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Package<'a> {
    #[serde(borrow)]
    pub name: Word<'a>,
    /// By the version that mends: texts with one or more ids.
    pub secfixes: Named<'a, List<Word<'a>>>,
}

/// An element of `packages[]`.
pub struct SecdbPackage;
impl Wire for SecdbPackage {
    type Of<'a> = Element<'a>;
    const SHAPE: Shape = Shape::Object(&[(
        "pkg",
        Shape::Object(&[("name", Shape::Text), ("secfixes", Shape::Named(&TEXTS))]),
    )]);
}
