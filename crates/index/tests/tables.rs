//! The tables the program ships with.

use index::tables::{AliasTable, BranchTable, RuleTable};

#[test]
fn well_formed() {
    let errors = AliasTable::parse(AliasTable::built_in_text()).map(|_| ()).unwrap_err_or_empty();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(AliasTable::built_in().rows().len() >= 300);
    let _ = (BranchTable::built_in(), RuleTable::built_in());
}

trait Errors {
    fn unwrap_err_or_empty(self) -> Vec<String>;
}

impl Errors for Result<(), Vec<index::tables::TableError>> {
    fn unwrap_err_or_empty(self) -> Vec<String> {
        self.err().into_iter().flatten().map(|error| error.to_string()).collect()
    }
}
