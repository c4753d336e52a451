//! The witnesses one by one: lists, maps, headers, architectures, modules, rules, several kernels.

use analysis::matching::build::{BuildAnswer, BuildFacts, BuildRule, Need, Prepared, Subject, judge};
use model::build::{BuildEvidence, CompiledFiles, Config, ConfigOf, KbuildMap, ModuleList, Platform};
use model::component::{Component, Role};
use model::device_tree::DeviceTree;
use model::finding::Evidence;

/// A kernel build, written down in few words.
struct Kernel {
    component: Component,
    build: BuildEvidence,
    platform: Platform,
    maps: Vec<KbuildMap>,
}

fn kernel(arch: &str) -> Kernel {
    let component = Component {
        name: "linux".to_owned(),
        version: "6.1.50".to_owned(),
        role: Role::Kernel,
        ..Component::default()
    };
    let platform = Platform { arch: arch.to_owned(), ..Platform::default() };
    let map = KbuildMap { version: "6.1.192".to_owned(), ..KbuildMap::default() };
    Kernel { component, build: BuildEvidence::default(), platform, maps: vec![map] }
}

impl Kernel {
    /// `A=y B=m`: a complete config.
    fn config(mut self, options: &str) -> Kernel {
        let pairs = options.split_whitespace().filter_map(|pair| pair.split_once('='));
        let symbols = pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        let config =
            Config { version: "6.1.50".to_owned(), file: "c".to_owned(), symbols, ..Config::default() };
        self.build.configs.push(config);
        self
    }

    fn map(mut self, path: &str, condition: &str) -> Kernel {
        self.maps[0].files.insert(path.to_owned(), condition.to_owned());
        self
    }

    fn includes(mut self, header: &str, from: &str) -> Kernel {
        let includers = from.split_whitespace().map(str::to_owned).collect();
        self.maps[0].includers.insert(header.to_owned(), includers);
        self
    }

    fn list(mut self, paths: &str) -> Kernel {
        let paths = paths.split_whitespace().map(str::to_owned).collect();
        self.build.compiled.push(CompiledFiles { paths, ..CompiledFiles::default() });
        self
    }

    fn modules(mut self, present: &str, complete: bool) -> Kernel {
        let present = present.split_whitespace().map(str::to_owned).collect();
        self.build.modules = Some(ModuleList { present, complete, ..ModuleList::default() });
        self
    }

    fn answer(&self, files: &str, rules: &[BuildRule<'_>]) -> BuildAnswer {
        let facts = BuildFacts {
            component: &self.component,
            build: &self.build,
            platform: &self.platform,
            kbuild: &self.maps,
            rules,
        };
        let files: Vec<&str> = files.split_whitespace().collect();
        judge(&facts, &Subject { vulnerability: "CVE-2024-1", program_files: &files, ..Subject::default() })
    }

    fn check(&self, files: &str, want: &str) {
        assert_eq!(words(&self.answer(files, &[])), want, "{files}");
    }
}

fn words(answer: &BuildAnswer) -> String {
    match answer {
        BuildAnswer::Excluded { reason, confidence, .. } => format!("{reason} {}", confidence.word()),
        BuildAnswer::Kept { qualifiers, .. } => {
            let built = if answer.is_seen_built() { "built" } else { "kept" };
            let codes: Vec<&str> = qualifiers.iter().map(|reason| reason.code()).collect();
            [&[built], codes.as_slice()].concat().join(" ")
        }
    }
}

#[test]
fn no_evidence_says_nothing() {
    let bare = kernel("");
    for files in ["", "fs/a.c", "include/linux/a.h", "arch/x86/Kconfig", "drivers/a/b.h"] {
        let BuildAnswer::Kept { qualifiers, evidence, partial } = bare.answer(files, &[]) else {
            panic!("{files}")
        };
        assert_eq!((qualifiers.len(), evidence.len(), partial), (0, 0, None), "{files}");
    }
}

#[test]
fn one_unknown_file_keeps_the_finding() {
    let kernel = kernel("arm64").config("A=n").map("fs/a.c", "A");
    kernel.check("fs/a.c", "E_CONFIG_OFF high");
    kernel.check("fs/a.c fs/b.c", "kept E_FILE_UNMAPPED");
    kernel.check("fs/a.c include/linux/x.h", "kept E_HEADER_ONLY");
    kernel.check("fs/a.c Documentation/x.rst fs/Makefile tools/testing/x.c", "E_CONFIG_OFF high");
}

#[test]
fn a_listed_file_outweighs_a_config_that_says_off() {
    let kernel = kernel("arm64").config("A=n").map("fs/a.c", "A").list("init/main.c fs/a.c");
    kernel.check("fs/a.c", "built");
}

#[test]
fn whole_paths_are_compared() {
    let kernel = kernel("arm64").list("init/main.c drivers/x/main.c");
    kernel.check("drivers/y/main.c", "E_FILES_NOT_BUILT high");
    kernel.check("main.c", "E_FILES_NOT_BUILT high");
    kernel.check("drivers/x/main.c", "built");
    kernel.check("./drivers/x/main.c", "built");
}

#[test]
fn objects_are_stems() {
    let kernel = kernel("arm64").list("init/main.c fs/jfs/jfs_dmap arch/arm64/kernel/entry");
    kernel.check("fs/jfs/jfs_dmap.c", "built");
    kernel.check("arch/arm64/kernel/entry.S", "built");
    kernel.check("fs/jfs/jfs_imap.c", "E_FILES_NOT_BUILT high");
}

#[test]
fn renamed_folders_both_ways() {
    let old = kernel("arm64").config("S=n").map("fs/ksmbd/smb2pdu.c", "S");
    old.check("fs/smb/server/smb2pdu.c", "E_CONFIG_OFF high");
    let new = kernel("arm64").config("S=n").map("fs/smb/server/smb2pdu.c", "S");
    new.check("fs/ksmbd/smb2pdu.c", "E_CONFIG_OFF high");
    kernel("arm64").list("init/main.c fs/ksmbd/smb2pdu.c").check("fs/smb/server/smb2pdu.c", "built");
    kernel("arm64").list("init/main.c fs/smb/server/smb2pdu.c").check("fs/ksmbd/smb2pdu.c", "built");
}

#[test]
fn headers_by_graph() {
    let kernel = kernel("arm64")
        .config("A=n B=y")
        .map("fs/a.c", "A")
        .map("fs/b.c", "B")
        .includes("include/linux/outer.h", "include/linux/inner.h")
        .includes("include/linux/inner.h", "fs/a.c")
        .includes("include/linux/ring.h", "include/linux/back.h fs/a.c")
        .includes("include/linux/back.h", "include/linux/ring.h")
        .includes("include/linux/both.h", "fs/a.c fs/b.c")
        .includes("include/linux/odd.h", "fs/a.c fs/unknown.c");
    kernel.check("include/linux/outer.h", "E_CONFIG_OFF high");
    kernel.check("include/linux/ring.h", "E_CONFIG_OFF high");
    kernel.check("include/linux/both.h", "built");
    kernel.check("include/linux/odd.h", "kept E_HEADER_ONLY");
    kernel.check("include/linux/new.h", "kept E_HEADER_ONLY");
}

#[test]
fn local_headers_without_a_graph_follow_their_folder() {
    let kernel = kernel("arm64").config("A=n B=y").map("drivers/a/x.c", "A").map("drivers/b/x.c", "B");
    kernel.check("drivers/a/a.h", "E_CONFIG_OFF high");
    kernel.check("drivers/b/b.h", "built");
    kernel.check("drivers/a/include/deep/a.h", "E_CONFIG_OFF high");
    kernel.check("drivers/none/a.h", "kept E_HEADER_ONLY");
}

#[test]
fn code_inside_code_follows_its_includer() {
    let kernel = kernel("arm64")
        .list("init/main.c kernel/sched/build_policy.c")
        .includes("kernel/sched/rt.c", "kernel/sched/build_policy.c")
        .includes("fs/part.c", "fs/whole.c");
    kernel.check("kernel/sched/rt.c", "built");
    kernel.check("fs/part.c", "E_FILES_NOT_BUILT high");
}

#[test]
fn architectures() {
    kernel("aarch64").check("arch/x86/kvm/x86.c", "E_ARCH_FILES high");
    kernel("armv7l").check("arch/arm64/kernel/entry.S", "E_ARCH_FILES high");
    kernel("i686").check("arch/x86/kernel/x.c", "kept");
    kernel("x86_64").check("arch/x86/kernel/x.c", "kept");
    kernel("ppc64le").check("arch/powerpc/kernel/x.c arch/s390/kernel/y.c", "kept");
    kernel("mipsel").check("arch/mips/x.c", "kept");
    kernel("aarch64").check("arch/newarch/x.c", "kept");
    kernel("").check("arch/x86/x.c", "kept");
    kernel("what").check("arch/x86/x.c", "kept");
    // Built for arm64 too, by arch/arm64/xen/Makefile.
    kernel("aarch64").check("arch/arm/xen/enlighten.c", "kept");
    kernel("aarch64").check("drivers/a.c arch/x86/b.c", "kept");
}

#[test]
fn drivers_of_another_architecture() {
    let kernel =
        kernel("aarch64").map("drivers/s390/x.c", "S390 && CIO").map("arch/arm/odd.c", "ARM64 && XEN");
    kernel.check("drivers/s390/x.c", "E_ARCH_FILES high");
    kernel.check("arch/arm/odd.c", "kept");
}

#[test]
fn modules_of_the_image() {
    let map = |kernel: Kernel| kernel.config("A=m B=n").map("fs/a.c", "A : a_fs b-fs").map("fs/b.c", "B : c");
    map(kernel("arm64")).modules("ext4", true).check("fs/a.c", "E_MODULE_ABSENT high");
    map(kernel("arm64")).modules("ext4", true).check("fs/a.c fs/b.c", "E_MODULE_ABSENT high");
    map(kernel("arm64")).modules("ext4", false).check("fs/a.c", "built");
    map(kernel("arm64")).modules("b_fs", true).check("fs/a.c", "built");
    let unnamed = kernel("arm64").config("A=m").map("fs/a.c", "A").modules("ext4", true);
    unnamed.check("fs/a.c", "built");
}

#[test]
fn two_kernels_must_both_be_off() {
    kernel("arm64").config("A=n").config("A=y").map("fs/a.c", "A").check("fs/a.c", "built");
    kernel("arm64").config("A=n").config("A=n").map("fs/a.c", "A").check("fs/a.c", "E_CONFIG_OFF high");
}

#[test]
fn maps_of_neighbouring_versions() {
    let mut between = kernel("arm64").config("A=n").map("fs/a.c", "A").map("fs/b.c", "A").map("fs/c.c", "A");
    between.component.version = "6.3.4".to_owned();
    between.build.configs[0].version = "6.3.4".to_owned();
    between.check("fs/a.c", "kept E_FILE_UNMAPPED");
    let mut high = KbuildMap { version: "6.6.1".to_owned(), ..KbuildMap::default() };
    high.files.insert("fs/a.c".to_owned(), "A".to_owned());
    high.files.insert("fs/b.c".to_owned(), "A && B".to_owned());
    between.maps.push(high);
    between.check("fs/a.c", "E_CONFIG_OFF medium");
    between.check("fs/b.c", "kept E_FILE_UNMAPPED");
    between.check("fs/c.c", "kept E_FILE_UNMAPPED");
}

#[test]
fn a_vendor_tree_caps_confidence() {
    let mut vendor = kernel("arm64").config("A=n").map("fs/a.c", "A");
    vendor.component.vendor_tree = "nxp-imx".to_owned();
    vendor.check("fs/a.c", "E_CONFIG_OFF medium");
}

#[test]
fn rules_need_their_options() {
    let options = |expression| BuildRule {
        id: "r1",
        vulnerability: "CVE-2024-1",
        needs: Need::Options(ConfigOf::Linux, expression),
        says: "x",
    };
    let kernel = kernel("arm64").config("A=y B=n");
    assert_eq!(words(&kernel.answer("", &[options("A && B")])), "E_CONFIG_OFF medium");
    assert_eq!(words(&kernel.answer("", &[options("A")])), "built");
    let other = BuildRule { vulnerability: "CVE-2024-2", ..options("B") };
    assert_eq!(words(&kernel.answer("", &[other])), "kept");
    let of_busybox = BuildRule { needs: Need::Options(ConfigOf::Busybox, "B"), ..options("B") };
    assert_eq!(words(&kernel.answer("", &[of_busybox])), "kept");
}

#[test]
fn features_that_are_off() {
    let mut any = kernel("arm64");
    let rule =
        [BuildRule { id: "f", vulnerability: "CVE-2024-1", needs: Need::Feature("minizip"), says: "x" }];
    assert_eq!(words(&any.answer("", &rule)), "kept");
    any.platform.facts.insert("feature:minizip".to_owned(), "off".to_owned());
    assert_eq!(words(&any.answer("", &rule)), "E_FEATURE_OFF medium");
    any.platform.facts.insert("feature:minizip".to_owned(), "on".to_owned());
    assert_eq!(words(&any.answer("", &rule)), "kept");
}

#[test]
fn an_applet_link_outweighs_the_config() {
    let mut busybox = kernel("arm64");
    busybox.component = Component {
        name: "busybox".to_owned(),
        version: "1.36.1".to_owned(),
        role: Role::Busybox,
        ..Component::default()
    };
    let symbols = [("TAR".to_owned(), "n".to_owned())].into_iter().collect();
    let config = Config { of: ConfigOf::Busybox, version: "1.36.1".to_owned(), symbols, ..Config::default() };
    busybox.build.configs.push(config);
    let needs = Need::Options(ConfigOf::Busybox, "TAR");
    let rule = [BuildRule { id: "t", vulnerability: "CVE-2024-1", needs, says: "x" }];
    assert_eq!(words(&busybox.answer("", &rule)), "E_APPLET_OFF medium");
    busybox.build.applets.insert("tar".to_owned());
    assert_eq!(words(&busybox.answer("", &rule)), "built");
}

#[test]
fn a_boot_loader_in_one_piece_holds_both_stages() {
    let boot = |instance: &str, options: &str| {
        let mut boot =
            kernel("aarch64").config(options).map("net/net.c", "NET").map("spl/net/net.c", "SPL_NET");
        boot.component = Component {
            name: "u-boot".to_owned(),
            version: "2022.01".to_owned(),
            role: Role::Bootloader,
            instance: instance.to_owned(),
            ..Component::default()
        };
        boot.build.configs[0].of = ConfigOf::Uboot;
        boot.build.configs[0].version = "2022.01".to_owned();
        boot.maps[0].of = ConfigOf::Uboot;
        boot.maps[0].version = "2022.01".to_owned();
        boot
    };
    boot("", "NET=n SPL_NET=n").check("net/net.c", "E_CONFIG_OFF high");
    boot("", "NET=n SPL_NET=y").check("net/net.c", "built");
    boot("proper", "NET=n SPL_NET=y").check("net/net.c", "E_CONFIG_OFF high");
    boot("SPL", "NET=y SPL_NET=n").check("net/net.c", "E_CONFIG_OFF high");
}

#[test]
fn evidence_holds_the_exact_lines() {
    let kernel = kernel("arm64")
        .config("BT=y BT_HCIUART=n")
        .map("drivers/bluetooth/hci_ldisc.c", "BT && BT_HCIUART : hci_uart");
    let BuildAnswer::Excluded { evidence, .. } = kernel.answer("drivers/bluetooth/hci_ldisc.c", &[]) else {
        panic!()
    };
    let Evidence::File { expression, proof, .. } = &evidence[0] else { panic!() };
    assert_eq!(expression, "BT && BT_HCIUART : hci_uart");
    assert_eq!(proof, "CONFIG_BT=y; # CONFIG_BT_HCIUART is not set");
    assert!(
        evidence
            .iter()
            .any(|fact| matches!(fact, Evidence::Input { what, .. } if what.starts_with("config c")))
    );
}

/// A kernel has some 15,000 candidates: the same expression is evaluated once, and answers do not depend on order.
#[test]
fn prepared_answers_are_those_of_judge() {
    let kernel =
        kernel("arm64").config("A=n B=m").map("fs/a.c", "A").map("fs/b.c", "B : b").modules("x", true);
    let facts = BuildFacts {
        component: &kernel.component,
        build: &kernel.build,
        platform: &kernel.platform,
        kbuild: &kernel.maps,
        rules: &[],
    };
    let prepared = Prepared::new(facts);
    for files in [&["fs/a.c"][..], &["fs/b.c"], &["fs/a.c", "fs/b.c"], &["fs/c.c"], &["fs/a.c"]] {
        let subject = Subject { vulnerability: "CVE-2024-1", program_files: files, ..Subject::default() };
        assert_eq!(prepared.judge(&subject), judge(&facts, &subject));
    }
}

/// What the image says is part of the kernel is there, whatever the config says of modules.
#[test]
fn modules_that_are_built_in() {
    let mut kernel =
        kernel("arm64").config("JFS_FS=m").map("fs/jfs/a.c", "JFS_FS : jfs").modules("ext4", true);
    kernel.check("fs/jfs/a.c", "E_MODULE_ABSENT high");
    let BuildAnswer::Excluded { evidence, .. } = kernel.answer("fs/jfs/a.c", &[]) else { panic!() };
    let is_modules =
        |fact: &Evidence| matches!(fact, Evidence::Input { what, .. } if what.starts_with("modules"));
    assert!(evidence.iter().any(is_modules), "the list of modules is part of the proof: {evidence:?}");
    kernel.build.modules.as_mut().unwrap().builtin.insert("jfs".to_owned());
    kernel.check("fs/jfs/a.c", "built");
}

/// The device tree supports and never excludes.
#[test]
fn devices_that_are_off() {
    let with = |devices: &[(&str, bool)]| {
        let devices = devices.iter().map(|(name, is_on)| ((*name).to_owned(), *is_on)).collect();
        let mut kernel = kernel("arm64");
        kernel.build.device_trees.push(DeviceTree {
            file: "a.dtb".to_owned(),
            devices,
            ..DeviceTree::default()
        });
        kernel
    };
    let can = "drivers/net/can/flexcan/flexcan-core.c";
    with(&[("fsl,imx8mp-flexcan", false)]).check(can, "kept E_DT_DISABLED");
    with(&[("fsl,imx8mp-flexcan", false), ("fsl,imx6q-flexcan", true)]).check(can, "kept");
    with(&[("fsl,imx8mp-fec", false)]).check(can, "kept");
    with(&[("fsl,imx8mp-flexcan", false)]).check("drivers/net/can/dev/dev.c", "kept");
    let two = format!("{can} net/can/bcm.c");
    with(&[("fsl,imx8mp-flexcan", false)]).check(&two, "kept");
    with(&[("bosch,c_can", false)]).check("drivers/net/can/c_can/c_can_pci.c", "kept");
    // A second board of the release has it on.
    let mut boards = with(&[("fsl,imx8mp-flexcan", false)]);
    let devices = [("fsl,imx8mp-flexcan".to_owned(), true)].into();
    boards.build.device_trees.push(DeviceTree { devices, ..DeviceTree::default() });
    boards.check(can, "kept");
    // A config that says off still excludes.
    let mut off = with(&[("fsl,imx8mp-flexcan", false)]).config("CAN_FLEXCAN=n");
    off.maps[0].files.insert(can.to_owned(), "CAN_FLEXCAN".to_owned());
    off.check(can, "E_CONFIG_OFF high");
}
