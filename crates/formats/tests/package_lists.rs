//! Databases of package managers: fixtures of ours, and what the tools themselves say of real ones.

use std::collections::BTreeSet;
use std::process::Command;

use formats::detect::merge;
use formats::limits::Limits;
use formats::package_lists::{apk, dpkg};
use model::sbom::Inventory;

use crate::{expect, packs, summary};

#[test]
fn one_fixture_per_oddity() {
    expect::check("package-lists");
}

/// dpkg's own answer for this machine: every installed package, with the source and the version of the source.
#[test]
fn the_status_of_this_machine_is_what_dpkg_says() {
    let format = "${db:Status-Status}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\t${source:Version}\n";
    let Ok(output) = Command::new("dpkg-query").args(["-W", "-f", format]).output() else {
        return eprintln!("skipped: no dpkg-query");
    };
    let Ok(bytes) = std::fs::read("/var/lib/dpkg/status") else {
        return eprintln!("skipped: no dpkg status");
    };
    let said: BTreeSet<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix("installed\t"))
        .map(str::to_owned)
        .collect();
    let read = dpkg::read(&bytes, "status", &Limits::INVENTORY).expect("a status file");
    let ours = |component: &model::component::Component| {
        let purl = &component.purls[0];
        let arch = purl.qualifier("arch").unwrap_or_default();
        (arch != "source").then(|| {
            let source = &component.source_package;
            format!("{}\t{}\t{arch}\t{source}\t{}", purl.name, purl.version, component.version)
        })
    };
    let got: BTreeSet<String> = read.value.components.iter().filter_map(ours).collect();
    // Headers and tools of the kernel stay apart from it, and signatures name what they sign.
    let differ: Vec<&String> =
        said.symmetric_difference(&got).filter(|line| !line.contains("linux")).collect();
    assert!(said.len() > 50 && differ.is_empty(), "{} packages, differing: {differ:#?}", said.len());
    // Normalised, they are the source packages of Debian.
    let read = summary::read(&bytes, "status");
    let sources: BTreeSet<String> = said
        .iter()
        .map(|line| line.split('\t').skip(3).collect::<Vec<_>>().join(" "))
        .filter(|source| !source.starts_with("linux"))
        .collect();
    let folded: BTreeSet<String> = read
        .value
        .components
        .iter()
        .filter(|component| !component.source_ref.starts_with("built-using:"))
        .map(|component| format!("{} {}", component.source_package, component.version))
        .collect();
    let missing: Vec<&String> = sources.difference(&folded).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Status files beside SBOMs that another tool made of them: the same packages.
#[test]
fn status_files_of_another_project() {
    let Some(all) = packs::sboms() else { return };
    let mut seen = 0;
    for (name, bytes) in all.iter().filter(|(name, _)| name.ends_with("/dpkg/status")) {
        let stanzas =
            String::from_utf8_lossy(bytes).lines().filter(|line| line.starts_with("Package:")).count();
        let read =
            dpkg::read(bytes, name, &Limits::INVENTORY).unwrap_or_else(|error| panic!("{name}: {error}"));
        let of_stanzas =
            read.value.components.iter().filter(|one| !one.source_ref.starts_with("built-using:"));
        let not_installed = String::from_utf8_lossy(bytes).matches("config-files").count();
        assert_eq!(of_stanzas.count() + not_installed, stanzas, "{name}");
        seen += 1;
    }
    assert!(seen >= 8, "{seen} status files");
}

fn with_distribution(bytes: &[u8], distribution: &str) -> Inventory {
    let packages = apk::read(bytes, "installed", &Limits::INVENTORY).expect("a database").value;
    let mut release = Inventory::default();
    distribution.clone_into(&mut release.platform.distribution);
    merge(vec![release, packages])
}

/// One database, three devices: only `os-release` tells whose packages they are.
#[test]
fn the_distribution_comes_from_elsewhere() {
    let bytes = expect::document("package-lists", "apk-unknown-and-cut.installed");
    for (distribution, purl, coverage) in [
        ("alpine:3.19", "pkg:apk/alpine/zlib@1.3.1-r0?arch=x86_64&distro=alpine-3.19", "pending"),
        ("openwrt", "pkg:apk/openwrt/zlib@1.3.1-r0?arch=x86_64", "pending"),
        ("", "pkg:apk/zlib@1.3.1-r0?arch=x86_64", "not_evaluable/unsupported_ecosystem"),
    ] {
        let inventory = with_distribution(&bytes, distribution);
        let zlib = inventory.components.iter().find(|component| component.name == "zlib").expect("zlib");
        assert_eq!((zlib.purls[0].to_string().as_str(), zlib.coverage.word()), (purl, coverage));
        assert_eq!(inventory.platform.distribution, distribution);
        let codes: Vec<&str> = inventory.notes.iter().map(|note| note.code.code()).collect();
        assert_eq!(codes.contains(&"F_NO_DISTRIBUTION"), distribution.is_empty(), "{codes:?}");
    }
}

/// What the packages say of themselves is outdone by what is stated.
#[test]
fn a_stated_distribution_wins() {
    let bytes = expect::document("package-lists", "apk-alpine.installed");
    assert_eq!(summary::read(&bytes, "installed").value.platform.distribution, "alpine:3.19");
    assert_eq!(with_distribution(&bytes, "alpine:3.20").platform.distribution, "alpine:3.20");
}

/// What `rpm` itself wrote, in both of its databases: packages of ours, one of them with a header of many pages.
#[test]
fn databases_that_rpm_wrote() {
    if Command::new("rpmbuild").arg("--version").output().is_err() {
        return eprintln!("skipped: no rpm");
    }
    let folder = std::env::temp_dir().join(format!("patchwright-rpm-{}", std::process::id()));
    let run = |program: &str, args: &[&str]| {
        let output = Command::new(program).args(args).output().expect("it runs");
        assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let path = |name: &str| folder.join(name).to_string_lossy().into_owned();
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(path("tool.spec"), spec()).expect("a file");
    let top = format!("_topdir {}", path("top"));
    run("rpmbuild", &["-bb", "--quiet", "--define", &top, &path("tool.spec")]);
    let built = path("top/RPMS/noarch");
    let packages: Vec<String> = std::fs::read_dir(&built)
        .expect("packages")
        .map(|entry| entry.expect("an entry").path().to_string_lossy().into_owned())
        .collect();
    for (backend, file) in [("sqlite", "rpmdb.sqlite"), ("ndb", "Packages.db")] {
        // Debian's rpm is built without ndb; the fixture stands for it.
        let evaluated = Command::new("rpm")
            .args(["--define", &format!("_db_backend {backend}"), "--dbpath", &path("probe"), "--initdb"])
            .output()
            .expect("it runs");
        if String::from_utf8_lossy(&evaluated.stderr).contains("invalid %_db_backend") {
            eprintln!("skipped: this rpm has no {backend}");
            continue;
        }
        let (define, database) = (format!("_db_backend {backend}"), path(backend));
        let mut args =
            vec!["--define", &define, "--dbpath", &database, "-i", "--justdb", "--nodeps", "--ignorearch"];
        args.extend(packages.iter().map(String::as_str));
        run("rpm", &args);
        let format = "%{NAME} %{EPOCHNUM}:%{VERSION}-%{RELEASE} %{SOURCERPM} %{VENDOR}\n";
        let said = run("rpm", &["--define", &define, "--dbpath", &database, "-qa", "--qf", format]);
        let bytes = std::fs::read(folder.join(backend).join(file)).expect("the database");
        let read =
            formats::package_lists::rpm::read(&bytes, file, &Limits::INVENTORY).expect("it can be read");
        let ours = |component: &model::component::Component| {
            let purl = &component.purls[0];
            let (epoch, source) = (purl.qualifier("epoch"), purl.qualifier("upstream").unwrap_or_default());
            let epoch = epoch.unwrap_or("0");
            format!("{} {epoch}:{} {source} {}", purl.name, purl.version, component.supplier)
        };
        let got: BTreeSet<String> = read.value.components.iter().map(ours).collect();
        assert_eq!(got, said.lines().map(str::to_owned).collect::<BTreeSet<_>>(), "{backend}");
        let folded = summary::read(&bytes, file).value;
        let line: Vec<String> =
            folded.components.iter().map(|one| format!("{} {}", one.name, one.version)).collect();
        assert_eq!(line, ["tool 2:1.4-3"], "{backend}: two packages of one source");
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}

fn spec() -> String {
    let mut spec = "Name: tool\nEpoch: 2\nVersion: 1.4\nRelease: 3\nSummary: A tool\nLicense: MIT\nVendor: Acme\n\
                    BuildArch: noarch\nURL: https://example.org/\n%description\nA tool.\n%package libs\nSummary: Libraries\n\
                    %description libs\nLibraries.\n%install\nmkdir -p %{buildroot}/usr/share/tool\n\
                    for i in $(seq 1 3000); do echo > %{buildroot}/usr/share/tool/a-rather-long-file-name-$i; done\n\
                    %files\n/usr/share/tool\n%files libs\n%changelog\n"
        .to_owned();
    for day in 0..200 {
        spec.push_str(
            "* Mon Jan 01 2024 A <a@example.org> 1.4-3\n- a change of which there are many, number ",
        );
        spec.push_str(&format!("{day}\n"));
    }
    spec
}
