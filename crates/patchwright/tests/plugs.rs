//! The hooks for build systems, run as they stand: the Buildroot script with a small tree of its own, the shell of the Yocto
//! class with BitBake's words played by functions.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap()
}

fn has(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

/// A folder of its own for one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn write(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn told(output: &Output) -> String {
    format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What Buildroot leaves behind: a Makefile that knows `show-info`, sources with configurations and object names.
fn buildroot(name: &str) -> PathBuf {
    let folder = folder(name);
    let info = root().join("fixtures/buildroot/show-info.json");
    write(&folder.join("Makefile"), &format!("show-info:\n\t@cat '{}'\n", info.display()));
    let linux = folder.join("build/linux-6.1.46");
    write(
        &linux.join(".config"),
        "#\n# Automatically generated file; DO NOT EDIT.\n# Linux/arm 6.1.46 Kernel Configuration\n#\nCONFIG_ARM=y\n# CONFIG_BT is not set\n",
    );
    write(&linux.join("init/.main.o.cmd"), "");
    write(&linux.join("kernel/sched/.core.o.cmd"), "");
    write(&folder.join("build/linux-headers-6.1.46/.config"), "CONFIG_WRONG=y\n");
    write(&folder.join("target/lib/modules/6.1.46/modules.dep"), "kernel/drivers/net/dummy.ko:\n");
    std::fs::create_dir_all(folder.join("images")).unwrap();
    folder
}

fn post_image(folder: &Path, settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(root().join("packaging/buildroot/patchwright-post-image.sh"));
    command.arg(folder.join("images")).env_remove("PATCHWRIGHT_INDEX");
    command.env("CONFIG_DIR", folder).env("BUILD_DIR", folder.join("build"));
    command.env("TARGET_DIR", folder.join("target")).env("BINARIES_DIR", folder.join("images"));
    command
        .env("PATCHWRIGHT", env!("CARGO_BIN_EXE_patchwright"))
        .env("MAKEFLAGS", "-j8 --jobserver-auth=97,98");
    settings.iter().for_each(|(name, value)| {
        command.env(name, value);
    });
    command.output().unwrap()
}

#[test]
fn the_buildroot_script_judges_what_was_built() {
    if !has("make") {
        eprintln!("skipped: no make on this machine");
        return;
    }
    let folder = buildroot("plug-buildroot");
    let output = post_image(&folder, &[]);
    assert!(output.status.success(), "{}", told(&output));
    let out = folder.join("images/patchwright");
    for name in ["report.html", "result.json", "result.sarif", "result.txt", "show-info.json"] {
        assert!(std::fs::metadata(out.join(name)).unwrap().len() > 100, "{name}");
    }
    let files = std::fs::read_to_string(out.join("evidence/linux-6.1.46.files")).unwrap();
    assert_eq!(files, "init/main.o\nkernel/sched/core.o\n");
    assert!(!out.join("evidence/linux-headers-6.1.46.config").exists(), "headers are no kernel");
    let result = std::fs::read_to_string(out.join("result.json")).unwrap();
    for input in ["show-info.json", "linux-6.1.46.config", "linux-6.1.46.files", "modules.dep"] {
        assert!(result.contains(input), "{input} is among the inputs");
    }
    assert!(
        result.contains("6.1.46"),
        "the version that show-info calls custom comes from the configuration"
    );
}

#[test]
fn the_buildroot_script_fails_the_build_when_the_gate_does() {
    if !has("make") {
        eprintln!("skipped: no make on this machine");
        return;
    }
    let folder = buildroot("plug-buildroot-gate");
    // The starter knowledge is no full index: the gate cannot see enough, or finds something. Never green.
    let output = post_image(&folder, &[("PATCHWRIGHT_FAIL_ON", "needs_review")]);
    assert!(matches!(output.status.code(), Some(1 | 4)), "{}", told(&output));
    assert!(told(&output).contains("patchwright: the gate"), "{}", told(&output));
    write(&folder.join("Makefile"), "all:\n");
    let output = post_image(&folder, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(told(&output).contains("make show-info failed"), "{}", told(&output));
    let output =
        Command::new(root().join("packaging/buildroot/patchwright-post-image.sh")).env_clear().output();
    assert!(told(&output.unwrap()).contains("BR2_ROOTFS_POST_IMAGE_SCRIPT"));
}

/// The shell of the class: what stands between the braces of `do_patchwright`.
fn class_shell() -> String {
    let class = std::fs::read_to_string(root().join("packaging/yocto/patchwright.bbclass")).unwrap();
    let (_, rest) = class.split_once("\ndo_patchwright() {\n").unwrap();
    rest.split_once("\n}\n").unwrap().0.to_owned()
}

/// Variables as the class gives them, unless the configuration does.
fn class_defaults() -> Vec<(String, String)> {
    let class = std::fs::read_to_string(root().join("packaging/yocto/patchwright.bbclass")).unwrap();
    let lines = class.lines().filter_map(|line| line.split_once(" ?= \""));
    lines.map(|(name, value)| (name.to_owned(), value.trim_end_matches('"').to_owned())).collect()
}

fn bitbake(deploy: &Path, settings: &[(&str, &str)]) -> Output {
    let words = "set -e\nbbplain() { echo \"PLAIN $*\"; }\nbbnote() { echo \"NOTE $*\"; }\nbbwarn() { echo \"WARN $*\"; }\nbbfatal() { echo \"FATAL $*\"; exit 1; }\n";
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("{words}{}", class_shell()));
    let deploy_text = deploy.display().to_string();
    for (name, value) in class_defaults() {
        let value = value.replace("${DEPLOY_DIR_IMAGE}", &deploy_text).replace("${IMAGE_LINK_NAME}", "image");
        command.env(name, value);
    }
    command.env("DEPLOY_DIR_IMAGE", deploy).env("IMAGE_LINK_NAME", "image");
    command.env("STAGING_KERNEL_BUILDDIR", deploy.join("kernel")).env("TOPDIR", deploy);
    command.env("PATCHWRIGHT", env!("CARGO_BIN_EXE_patchwright"));
    settings.iter().for_each(|(name, value)| {
        command.env(name, value);
    });
    command.output().unwrap()
}

#[test]
fn the_shell_of_the_yocto_class_judges_an_image() {
    let deploy = folder("plug-yocto");
    let output = bitbake(&deploy, &[]);
    assert!(told(&output).contains("FATAL there is no"), "{}", told(&output));
    assert!(told(&output).contains("INHERIT += \"create-spdx\""), "{}", told(&output));
    std::fs::copy(root().join("fixtures/spdx3/yocto-image.json"), deploy.join("image.spdx.json")).unwrap();
    let output = bitbake(&deploy, &[]);
    assert!(output.status.success(), "{}", told(&output));
    assert!(told(&output).contains("NOTE no kernel configuration"), "{}", told(&output));
    write(&deploy.join("kernel/.config"), "# Linux/arm64 6.6.1 Kernel Configuration\nCONFIG_ARM64=y\n");
    let profile = root().join("fixtures/cases/profiles/example-gateway.toml");
    let output = bitbake(
        &deploy,
        &[
            ("PATCHWRIGHT_PROFILE", profile.to_str().unwrap()),
            ("PATCHWRIGHT_OPTIONS", "--all --max-index-age 9999d"),
        ],
    );
    assert!(output.status.success(), "{}", told(&output));
    for end in ["html", "json", "sarif", "txt", "kernel.config"] {
        assert!(deploy.join(format!("patchwright/image.{end}")).exists(), "{end}");
    }
    let blind = bitbake(&deploy, &[("PATCHWRIGHT_FAIL_ON", "immediate")]);
    assert!(!blind.status.success() && told(&blind).contains("FATAL"), "{}", told(&blind));
    let settings = [("PATCHWRIGHT_FAIL_ON", "immediate"), ("PATCHWRIGHT_BLIND", "warn")];
    let warned = bitbake(&deploy, &settings);
    assert!(warned.status.success() && told(&warned).contains("WARN"), "{}", told(&warned));
}

/// The pipelines call verbs and options that exist: each line with the program is asked for its help.
#[test]
fn pipelines_use_options_that_exist() {
    let mut seen = 0;
    for name in ["github.yml", "gitlab.yml"] {
        let text = std::fs::read_to_string(root().join("packaging/pipelines").join(name)).unwrap();
        let joined = text.replace("\\\n", " ").replace("\n      --", " --");
        for line in joined.lines().filter(|line| line.trim_start_matches("- ").contains("patchwright ")) {
            let Some((_, call)) = line.split_once("patchwright ") else { continue };
            let words: Vec<&str> = call.split_whitespace().collect();
            let verbs: Vec<&str> = words
                .iter()
                .take_while(|word| word.chars().all(|c| c.is_ascii_lowercase()))
                .copied()
                .collect();
            let options = words.iter().filter(|word| word.starts_with("--"));
            if verbs.is_empty() || !line.contains(" --") {
                continue;
            }
            let help = crate::binary::run(&[verbs.as_slice(), &["--help"]].concat());
            assert_eq!(help.code, 0, "{name}: {line}");
            for option in options {
                assert!(help.out.contains(option), "{name}: {verbs:?} has no {option}");
                seen += 1;
            }
        }
    }
    assert!(seen > 15, "{seen}");
}
