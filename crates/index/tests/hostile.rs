//! Damaged, truncated and hostile files: an error or an answer, never a panic.

use index::{Error, Index};
use model::build::ConfigOf;

use crate::samples::{compile_small, sample};

fn bytes() -> Vec<u8> {
    compile_small(&sample())
}

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as usize % limit
    }
}

/// Asks every question there is. What the answers are does not matter.
fn ask_everything(index: &Index) {
    let keys: Vec<String> = index.keys().map(str::to_owned).take(200).collect();
    let mut found = Vec::new();
    for key in keys.iter().map(String::as_str).chain(["p:linux", "", "nothing"]) {
        index.candidates(key, &mut found);
        index.has_key(key);
        index.product_facts(key.trim_start_matches("p:"));
    }
    for number in index.vulnerabilities().take(200).step_by(9) {
        if let Ok(vulnerability) = index.vulnerability(number) {
            for record in vulnerability.records() {
                let _ = record.decode();
                let _ = record.decode_head();
                let _ = record.texts();
            }
            let _ = (vulnerability.kev(), vulnerability.epss(), vulnerability.facts());
            index.find(vulnerability.id());
        }
    }
    for commit in ["b", "c", "0"] {
        index.fixed_in(&commit.repeat(40));
        index.vulnerabilities_of_commit(&commit.repeat(40));
    }
    for map in index.kbuild(ConfigOf::Linux) {
        let _ = (map.condition("net/core/dev.c"), map.includers("include/net.h"), map.files().count());
    }
    index.kbuild_nearest(ConfigOf::Linux, "6.1.3");
    let _ = (index.alias_table().rows().len(), index.rule_table().rules().len());
}

#[test]
fn whole_file_verifies() {
    let index = Index::from_bytes(bytes()).unwrap();
    index.verify().unwrap();
    ask_everything(&index);
}

#[test]
fn truncated_files_do_not_open() {
    let bytes = bytes();
    let short = (0..200).chain((200..bytes.len()).step_by(499)).chain(bytes.len() - 200..bytes.len());
    for length in short {
        let Err(error) = Index::from_bytes(bytes[..length].to_vec()) else {
            panic!("opened with {length} bytes")
        };
        let expected = if length == 0 { "the file is empty" } else { "the file is cut short" };
        assert!(error.to_string().contains(expected), "{length}: {error}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert!(Index::from_bytes(longer).is_err());
}

#[test]
fn other_files_are_no_index() {
    let open = |bytes: &[u8]| Index::from_bytes(bytes.to_vec()).map(drop).unwrap_err();
    assert!(matches!(open(b"{\"bomFormat\": \"CycloneDX\"}"), Error::NotAnIndex(_)));
    assert!(matches!(open(&[0; 4096]), Error::NotAnIndex(_)));
}

#[test]
fn unknown_layout_is_refused_with_a_clear_text() {
    let mut bytes = bytes();
    bytes[8] = 99;
    let error = Index::from_bytes(bytes).map(drop).unwrap_err();
    assert!(error.to_string().starts_with("index layout 99 is not known to this program"), "{error}");
}

#[test]
fn each_damaged_section_is_refused() {
    let bytes = bytes();
    let sections = Index::from_bytes(bytes.clone()).unwrap().sections();
    let mut offset = 16usize;
    for (name, length) in sections {
        offset = offset.next_multiple_of(64);
        let length = length as usize;
        assert!(length > 0, "{name} is empty");
        for at in [0, 1, length / 3, length / 2, length - 1] {
            let mut damaged = bytes.clone();
            damaged[offset + at] ^= 0x10;
            check_damaged(name, damaged);
        }
        offset += length;
    }
    for at in offset..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x01;
        assert!(Index::from_bytes(damaged).is_err(), "directory and trailer at {at}");
    }
}

/// Damage there gives an error with the facts of a vulnerability, never other facts.
fn check_damaged_exploits(index: &Index) {
    assert!(index.verify().unwrap_err().to_string().contains("exploits"));
    let whole = Index::from_bytes(bytes()).unwrap();
    let mut refused = 0;
    for number in whole.vulnerabilities() {
        match index.vulnerability(number).unwrap().facts() {
            Ok(facts) => assert_eq!(facts, whole.vulnerability(number).unwrap().facts().unwrap()),
            Err(error) => {
                assert!(error.to_string().contains("exploits"), "{error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "the damage was read over");
}

/// Lookup sections are refused when the file is opened; the others give errors when the damaged part is read,
/// and never another answer.
fn check_damaged(section: &str, damaged: Vec<u8>) {
    let index = match Index::from_bytes(damaged) {
        Ok(index) => index,
        Err(error) => return assert!(error.to_string().contains(section), "{section}: {error}"),
    };
    if section == "exploits" {
        return check_damaged_exploits(&index);
    }
    assert!(["hot", "cold", "kbuild"].contains(&section), "{section} was not refused");
    let error = index.verify().unwrap_err().to_string();
    assert!(error.contains(section), "{section}: {error}");
    ask_everything(&index);
    let whole = Index::from_bytes(bytes()).unwrap();
    let mut refused = 0;
    for number in whole.vulnerabilities() {
        let expected = whole.vulnerability(number).unwrap();
        let Ok(vulnerability) = index.vulnerability(number) else {
            refused += 1;
            continue;
        };
        for (record, expected) in vulnerability.records().zip(expected.records()) {
            assert_eq!(record.decode().unwrap(), expected.decode().unwrap());
            match record.texts() {
                Ok(texts) => assert_eq!(texts, expected.texts().unwrap()),
                Err(_) => refused += 1,
            }
        }
    }
    let maps = index.kbuild(ConfigOf::Linux).len();
    assert!(refused > 0 || (section == "kbuild" && maps == 0), "{section}: the damage was not noticed");
}

#[test]
fn every_single_byte_counts() {
    let bytes = bytes();
    let mut numbers = Numbers(7);
    for _ in 0..300 {
        let mut damaged = bytes.clone();
        let at = numbers.below(damaged.len());
        damaged[at] ^= 1 << numbers.below(8);
        let refused = Index::from_bytes(damaged).map_or(true, |index| index.verify().is_err());
        // The minor number of the layout may be any.
        assert!(refused || (10..12).contains(&at), "byte {at} is not checked");
    }
}

#[test]
fn hostile_content_never_panics() {
    let bytes = bytes();
    let directory = directory_offset(&bytes);
    let mut numbers = Numbers(42);
    for _ in 0..2500 {
        let mut hostile = bytes.clone();
        for _ in 0..1 + numbers.below(6) {
            let at = 16 + numbers.below(directory - 16);
            hostile[at] = match numbers.below(4) {
                0 => 0xff,
                1 => 0,
                2 => 0x80,
                _ => numbers.below(256) as u8,
            };
        }
        if let Ok(index) = Index::from_forged_bytes(hostile) {
            let _ = index.verify_structure();
            ask_everything(&index);
        }
    }
}

#[test]
fn swapped_pieces_never_panic() {
    let bytes = bytes();
    let directory = directory_offset(&bytes);
    let mut numbers = Numbers(3);
    for _ in 0..400 {
        let mut hostile = bytes.clone();
        let length = 1 + numbers.below(300);
        let (from, to) = (numbers.below(directory - length - 16), numbers.below(directory - length - 16));
        let piece = hostile[16 + from..16 + from + length].to_vec();
        hostile[16 + to..16 + to + length].copy_from_slice(&piece);
        if let Ok(index) = Index::from_forged_bytes(hostile) {
            let _ = index.verify_structure();
            ask_everything(&index);
        }
    }
}

/// Where the directory begins, as the trailer says.
fn directory_offset(bytes: &[u8]) -> usize {
    let trailer = &bytes[bytes.len() - 48..];
    u64::from_le_bytes(trailer[..8].try_into().unwrap()) as usize
}

#[test]
fn files_are_replaced_whole() {
    let folder = std::env::temp_dir().join(format!("index-test-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("current.pwx");
    std::fs::write(&path, b"the old file").unwrap();
    let compiler = index::Compiler::new(crate::samples::options()).unwrap();
    compiler.finish_to_file(&path).unwrap();
    let index = Index::open(&path).unwrap();
    index.verify().unwrap();
    assert_eq!(index.header().builder, "test");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file is left");
    let compiler = index::Compiler::new(crate::samples::options()).unwrap();
    let missing = folder.join("no/such/folder/x.pwx");
    assert!(matches!(compiler.finish_to_file(&missing), Err(Error::Io { .. })));
    assert!(matches!(Index::open(&missing), Err(Error::Io { action: "open", .. })));
    std::fs::remove_dir_all(&folder).unwrap();
}
