//! Compiled device trees (`.dtb`): which devices the kernel is told of, and which are switched off.
//!
//! Only `compatible` and `status` are read. The tree says what the boot loader hands to the kernel unless it changes it;
//! therefore it supports an assessment and excludes nothing (matching.md 6.3, `E_DT_DISABLED`).

#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use model::device_tree::DeviceTree;
use model::note::{Note, NoteCode, Read, Severity};

use crate::limits::FormatError;

/// The first four bytes of a compiled tree.
pub const MAGIC: [u8; 4] = [0xd0, 0x0d, 0xfe, 0xed];

/// Nodes within nodes; real trees have about ten.
const DEPTH: usize = 64;

/// Different `compatible` words that are kept; the largest trees have some 500.
const DEVICES: usize = 20_000;

// Tokens of the structure block.
const BEGIN_NODE: u32 = 1;
const END_NODE: u32 = 2;
const PROPERTY: u32 = 3;
const NOTHING: u32 = 4;
const END: u32 = 9;

/// Reads a compiled device tree.
///
/// # Errors
/// When it is no whole tree: cut, or its parts lie outside of it.
pub fn read(bytes: &[u8], name: &str) -> Result<Read<DeviceTree>, FormatError> {
    let malformed = |why: &str| FormatError::Malformed { name: name.to_owned(), why: why.to_owned() };
    if !bytes.starts_with(&MAGIC) {
        return Err(malformed("it does not begin as a compiled device tree"));
    }
    let size = word(bytes, 4).ok_or_else(|| malformed("the header is cut"))? as usize;
    let Some(bytes_of_tree) = bytes.get(..size) else {
        let why = format!("the header tells of {size} bytes, and there are {}", bytes.len());
        return Err(FormatError::Truncated { name: name.to_owned(), why });
    };
    let blocks = Blocks::of(bytes_of_tree).ok_or_else(|| malformed("its blocks lie outside of it"))?;
    let mut walk = Walk::default();
    walk.through(&blocks).map_err(malformed)?;
    let mut value = walk.tree;
    (value.file, value.hash) = (name.to_owned(), crate::fingerprint::sha256(bytes));
    let mut notes = Vec::new();
    if walk.is_overlay {
        value.devices.clear();
        let why = "an overlay changes a device tree and is none; give the tree that it is applied to";
        notes.push(Note::new(NoteCode::EvidenceIncomplete, Severity::Warn, "whole file", why));
    }
    Ok(Read { value, notes })
}

/// The two blocks of a tree: its structure, and the names of its properties.
struct Blocks<'a> {
    structure: &'a [u8],
    strings: &'a [u8],
}

impl<'a> Blocks<'a> {
    fn of(bytes: &'a [u8]) -> Option<Blocks<'a>> {
        let structure = word(bytes, 8)? as usize;
        let strings = word(bytes, 12)? as usize;
        Some(Blocks { structure: bytes.get(structure..)?, strings: bytes.get(strings..)? })
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    four.try_into().ok().map(u32::from_be_bytes)
}

/// A node that is open.
struct Node {
    compatible: Vec<String>,
    is_on: bool,
    is_on_above: bool,
}

#[derive(Default)]
struct Walk {
    tree: DeviceTree,
    open: Vec<Node>,
    is_overlay: bool,
}

impl Walk {
    fn through(&mut self, blocks: &Blocks<'_>) -> Result<(), &'static str> {
        let mut at = 0;
        loop {
            let token = word(blocks.structure, at).ok_or("the structure ends within a node")?;
            at += 4;
            match token {
                BEGIN_NODE => {
                    let name = text(blocks.structure, at).ok_or("the name of a node is cut")?;
                    at = aligned(at + name.len() + 1);
                    self.begin(name)?;
                }
                PROPERTY => {
                    let length = word(blocks.structure, at).ok_or("a property is cut")? as usize;
                    let name_at = word(blocks.structure, at + 4).ok_or("a property is cut")? as usize;
                    let start = at + 8;
                    let end = start.checked_add(length).ok_or("a property is too long")?;
                    let value = blocks.structure.get(start..end).ok_or("a property is cut")?;
                    let name = text(blocks.strings, name_at).ok_or("a property has no name")?;
                    at = aligned(end);
                    self.property(name, value);
                }
                END_NODE => {
                    self.end()?;
                }
                NOTHING => {}
                END if self.open.is_empty() => return Ok(()),
                END => return Err("the structure ends within a node"),
                _ => return Err("the structure holds an unknown token"),
            }
        }
    }

    fn begin(&mut self, name: &[u8]) -> Result<(), &'static str> {
        if self.open.len() >= DEPTH {
            return Err("nodes lie too deep in each other");
        }
        self.is_overlay |= name == b"__overlay__";
        let is_on_above = self.open.last().is_none_or(|above| above.is_on && above.is_on_above);
        self.open.push(Node { compatible: Vec::new(), is_on: true, is_on_above });
        Ok(())
    }

    fn property(&mut self, name: &[u8], value: &[u8]) {
        let Some(node) = self.open.last_mut() else { return };
        match name {
            b"status" => {
                // `okay` as the specification has it, `ok` as old trees write it. An empty text is on.
                let word = value.split(|byte| *byte == 0).next().unwrap_or_default();
                node.is_on = matches!(word, b"" | b"okay" | b"ok");
            }
            b"compatible" => {
                let words = value.split(|byte| *byte == 0).filter(|word| !word.is_empty());
                node.compatible = words.map(|word| String::from_utf8_lossy(word).into_owned()).collect();
            }
            _ => {}
        }
    }

    fn end(&mut self) -> Result<(), &'static str> {
        let node = self.open.pop().ok_or("a node ends that has not begun")?;
        if self.open.is_empty() {
            self.tree.board = node.compatible;
            return Ok(());
        }
        let is_on = node.is_on && node.is_on_above;
        for word in node.compatible {
            if self.tree.devices.len() < DEVICES || self.tree.devices.contains_key(&word) {
                *self.tree.devices.entry(word).or_default() |= is_on;
            }
        }
        Ok(())
    }
}

/// The bytes from a place to the next zero.
fn text(bytes: &[u8], at: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    rest.get(..rest.iter().position(|byte| *byte == 0)?)
}

fn aligned(at: usize) -> usize {
    at.saturating_add(3) & !3
}
