//! A device tree: which devices the kernel is told of, and which of them are switched off.

use std::collections::BTreeMap;

/// One compiled device tree, as far as it is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceTree {
    /// File name as given, for evidence.
    pub file: String,
    /// `sha256:hex` of the bytes.
    pub hash: String,
    /// The `compatible` words of the root node (`fsl,imx8mp-evk`): the board it is of.
    pub board: Vec<String>,
    /// Each `compatible` word of the other nodes, to whether any node that has it is on. A node is off when it or one
    /// above it has a `status` other than `okay` or `ok`.
    pub devices: BTreeMap<String, bool>,
}
