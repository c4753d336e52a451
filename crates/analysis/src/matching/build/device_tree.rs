//! Judge that never excludes: drivers whose devices are all switched off in the device tree (`E_DT_DISABLED`).
//!
//! A driver without a device is not started, but a boot loader, an overlay or the next release may switch the device on.
//! So it is a supporting fact for the assessment. It is told only of drivers whose devices are known to be found
//! through the device tree alone.

use model::device_tree::DeviceTree;
use model::finding::Evidence;
use model::reason::Reason;

use super::files::{Class, Sorted};
use super::prepared::Prepared;
use super::{Opinion, Subject};

/// Where the files of a driver lie, and every `compatible` word it answers to; `*` stands for any text. Taken from the
/// `of_device_id` tables of Linux 6.12 on 2026-11-23. Files for other buses in such a folder have `pci` in their name.
const DRIVERS: &[(&str, &[&str])] = &[
    ("drivers/crypto/caam/", &["fsl,sec-v4.0*", "fsl,sec4.0*"]),
    ("drivers/gpu/drm/etnaviv/", &["vivante,gc"]),
    ("drivers/gpu/drm/lima/", &["arm,mali-400", "arm,mali-450"]),
    (
        "drivers/gpu/drm/panfrost/",
        &[
            "arm,mali-t*",
            "arm,mali-bifrost",
            "arm,mali-valhall-jm",
            "mediatek,mt*-mali",
            "amlogic,meson-*-mali",
        ],
    ),
    ("drivers/gpu/drm/tidss/", &["ti,*-dss"]),
    ("drivers/media/platform/qcom/venus/", &["qcom,*-venus*", "venus-decoder", "venus-encoder"]),
    ("drivers/media/platform/rockchip/rga/", &["rockchip,*-rga"]),
    (
        "drivers/media/platform/verisilicon/",
        &[
            "allwinner,sun50i-h6-vpu-g2",
            "microchip,sama5d4-vdec",
            "nxp,imx8m*-vpu*",
            "rockchip,*-vpu*",
            "rockchip,*-vepu*",
            "rockchip,*-av1-vpu",
            "st,stm32mp25-v*",
        ],
    ),
    ("drivers/net/can/c_can/", &["bosch,c_can", "bosch,d_can", "ti,*-d_can"]),
    ("drivers/net/can/flexcan/", &["fsl,*-flexcan", "nxp,*-flexcan"]),
    ("drivers/net/ethernet/freescale/fec_main.c", &["fsl,*-fec"]),
    (
        "drivers/usb/chipidea/",
        &[
            "chipidea,usb2",
            "fsl,*-usb*",
            "lsi,zevio-usb",
            "nuvoton,npcm*-udc",
            "nvidia,tegra*-udc",
            "nvidia,tegra*-ehci",
            "qcom,ci-hdrc",
            "xlnx,zynq-usb-*",
        ],
    ),
    (
        "drivers/usb/musb/",
        &[
            "allwinner,*-musb",
            "ingenic,*-musb",
            "mediatek,mtk-musb",
            "microchip,mpfs-musb",
            "stericsson,*-musb",
            "ti,*musb*",
        ],
    ),
];

/// Says that the devices of the affected drivers are off; never more.
pub fn judge(prepared: &Prepared<'_>, _: &Subject<'_>, sorted: &Sorted<'_>) -> Opinion {
    let trees = &prepared.facts().build.device_trees;
    if !prepared.is_kernel() || trees.is_empty() {
        return Opinion::Silent;
    }
    let code = sorted.deciding.iter().filter(|(_, class)| *class == Class::Code);
    let drivers: Option<Vec<&(&str, &[&str])>> = code.map(|(path, _)| driver_of(path)).collect();
    let Some(mut drivers) = drivers.filter(|drivers| !drivers.is_empty()) else { return Opinion::Silent };
    drivers.sort_unstable_by_key(|(folder, _)| *folder);
    drivers.dedup_by_key(|(folder, _)| *folder);
    let mut evidence = Vec::new();
    for (_, words) in drivers {
        match switched_off(trees, words) {
            Some(facts) => evidence.extend(facts),
            None => return Opinion::Silent,
        }
    }
    Opinion::Kept(vec![Reason::EDtDisabled], evidence, None)
}

fn driver_of(path: &str) -> Option<&'static (&'static str, &'static [&'static str])> {
    let name = path.rsplit('/').next().unwrap_or(path);
    DRIVERS.iter().find(|(folder, _)| path.starts_with(folder) && !name.contains("pci"))
}

/// The devices that the words name, where some tree has such a device and none has one that is on.
fn switched_off(trees: &[DeviceTree], words: &[&str]) -> Option<Vec<Evidence>> {
    let mut evidence = Vec::new();
    for tree in trees {
        let named = tree.devices.iter().filter(|(device, _)| words.iter().any(|word| is_like(device, word)));
        for (device, is_on) in named {
            if *is_on {
                return None;
            }
            let what = format!("device tree {} {}", tree.file, tree.hash);
            evidence.push(Evidence::Input { what, says: format!("{device} is switched off") });
        }
    }
    (!evidence.is_empty()).then_some(evidence)
}

/// One text against a pattern with any number of `*`.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    true
}
