#[test]
fn tmp_removed() {
    let text = std::fs::read_to_string("/var/tmp/mx/comps.tsv").unwrap();
    let index = index::Index::open(std::path::Path::new("/var/tmp/pw/full.pwx")).unwrap();
    let mut list = Vec::new();
    for line in text.lines() {
        let parts: Vec<&str> = line.split('\t').collect();
        let mut b = testkit::records::component(parts[0], parts[1]);
        for id in &parts[2..] { b = if id.starts_with("cpe") { b.cpe(id) } else { b.purl(id) }; }
        list.push(b);
    }
    let inventory = testkit::records::inventory(list);
    let options = analysis::Options { at: "2026-07-21".into(), ..Default::default() };
    for c in &inventory.components {
        if c.role == model::component::Role::Kernel { continue; }
        let cands = analysis::matching::candidates::candidates_of(&index, c);
        for v in cands.vulnerabilities {
            let id = index.vulnerability(v).unwrap().id().to_owned();
            let e = analysis::explain(&index, &inventory, &id, Some(&c.key), &options);
            for x in e.components {
                if x.verdict.is_none() {
                    let s: Vec<String> = e.texts.iter().flat_map(|t| t.subjects.clone()).take(5).collect();
                    println!("REM\t{}\t{}\t{}\t{}", c.name, id, x.reason, s.join(" | "));
                }
            }
        }
    }
}
