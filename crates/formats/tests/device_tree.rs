//! Compiled device trees, built here: what is on, what is off, and what is no whole tree.

use formats::detect::{Kind, detect, read_inventory};
use formats::device_tree;
use formats::limits::Limits;

/// A tree under construction: the two blocks.
#[derive(Default)]
struct Tree {
    structure: Vec<u8>,
    strings: Vec<u8>,
}

impl Tree {
    fn word(&mut self, value: u32) {
        self.structure.extend(value.to_be_bytes());
    }

    fn pad(&mut self) {
        self.structure.resize(self.structure.len().next_multiple_of(4), 0);
    }

    /// Text form: `name {` opens a node, `}` closes it, `key = a b` sets a property of texts.
    fn of(text: &str) -> Vec<u8> {
        let mut tree = Tree::default();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if let Some(name) = line.strip_suffix('{') {
                tree.word(1);
                tree.structure.extend(name.trim().trim_start_matches('/').bytes().chain([0]));
                tree.pad();
            } else if line == "}" {
                tree.word(2);
            } else {
                let (key, value) = line.split_once('=').unwrap();
                let value: Vec<u8> =
                    value.split_whitespace().flat_map(|word| word.bytes().chain([0])).collect();
                tree.word(3);
                tree.word(value.len() as u32);
                tree.word(tree.strings.len() as u32);
                tree.structure.extend(value);
                tree.pad();
                tree.strings.extend(key.trim().bytes().chain([0]));
            }
        }
        tree.word(9);
        tree.file()
    }

    fn file(self) -> Vec<u8> {
        let (structure, strings) = (40, 40 + self.structure.len());
        let size = strings + self.strings.len();
        let numbers =
            [0xd00d_feed, size, structure, strings, 40, 17, 16, 0, self.strings.len(), self.structure.len()];
        let mut bytes: Vec<u8> = numbers.iter().flat_map(|number| (*number as u32).to_be_bytes()).collect();
        bytes.extend(self.structure);
        bytes.extend(self.strings);
        bytes
    }
}

const BOARD: &str = "
/ {
    compatible = fsl,imx8mp-evk fsl,imx8mp
    soc {
        can@1 {
            compatible = fsl,imx8mp-flexcan
            status = disabled
        }
        can@2 {
            compatible = fsl,imx8mp-flexcan
            status = disabled
        }
        usb@1 {
            status = okay
            compatible = fsl,imx8mp-dwc3 snps,dwc3
        }
        bridge {
            status = disabled
            gpu@1 {
                compatible = vivante,gc
            }
        }
        gpu@2 {
            compatible = arm,mali-400
            status = fail
        }
        rng {
            compatible = x,rng
            status = ok
        }
        rng@2 {
            compatible = x,rng
            status = disabled
        }
    }
}";

fn devices(bytes: &[u8]) -> String {
    let tree = device_tree::read(bytes, "t.dtb").unwrap().value;
    let devices =
        tree.devices.iter().map(|(name, is_on)| format!("{}{name}", if *is_on { "+" } else { "-" }));
    format!("{}: {}", tree.board.join(" "), devices.collect::<Vec<_>>().join(" "))
}

#[test]
fn a_device_is_on_when_one_node_of_it_is() {
    let want = "-arm,mali-400 +fsl,imx8mp-dwc3 -fsl,imx8mp-flexcan +snps,dwc3 -vivante,gc +x,rng";
    assert_eq!(devices(&Tree::of(BOARD)), format!("fsl,imx8mp-evk fsl,imx8mp: {want}"));
}

#[test]
fn it_is_found_by_its_content() {
    let bytes = Tree::of(BOARD);
    assert_eq!(detect(&bytes, "x"), Kind::DeviceTree);
    let read = read_inventory(&bytes, "x", &Limits::INVENTORY).unwrap().value;
    assert_eq!(read.build.device_trees.len(), 1);
    assert!(read.build.device_trees[0].hash.starts_with("sha256:"));
}

#[test]
fn an_overlay_is_no_tree() {
    let read = device_tree::read(&Tree::of("/ {\nfragment@0 {\n__overlay__ {\ncompatible = a\n}\n}\n}"), "o")
        .unwrap();
    assert!(read.value.devices.is_empty() && read.notes[0].value.contains("overlay"), "{read:?}");
}

#[test]
fn cut_and_changed_trees_are_refused_or_read() {
    let bytes = Tree::of(BOARD);
    for end in 0..bytes.len() {
        assert!(device_tree::read(&bytes[..end], "t").is_err(), "cut at {end}");
    }
    for at in 0..bytes.len() {
        for value in [0, 1, 0x7f, 0xff] {
            let mut changed = bytes.clone();
            changed[at] = value;
            let _ = device_tree::read(&changed, "t");
        }
    }
    // Nodes without end, nodes without beginning, no end at all.
    assert!(device_tree::read(&Tree::of(&"a {\n".repeat(100)), "t").is_err());
    assert!(device_tree::read(&Tree::of("}"), "t").is_err());
    assert!(device_tree::read(&Tree::of("a {"), "t").is_err());
}
