//! Identity tests remembered: the records of one product name the same few subjects again and again.

use std::cell::RefCell;

use model::record::{CpeHead, Subject};
use rustc_hash::FxHashMap;

use super::{Fit, Identity, VendorLookup};

/// The identity tests of one component, each done once. For one thread.
pub struct Fits<'f> {
    identity: &'f Identity<'f>,
    vendors: &'f VendorLookup<'f>,
    known: RefCell<Known>,
}

#[derive(Default)]
struct Known {
    fits: FxHashMap<String, Fit>,
    /// The key being looked up: what the test reads, text by text.
    key: String,
}

/// Subjects with longer lists of names are rare, and each list is another one.
const MOST_NAMES: usize = 2;

impl<'f> Fits<'f> {
    /// Nothing tested yet.
    pub fn of(identity: &'f Identity<'f>, vendors: &'f VendorLookup<'f>) -> Fits<'f> {
        Fits { identity, vendors, known: RefCell::default() }
    }

    /// As [`Identity::fit_claim`].
    pub fn claim(&self, subject: &Subject<'_>) -> Fit {
        let test = || self.identity.fit_claim(subject, self.vendors);
        if subject.cpes.len() > MOST_NAMES {
            return test();
        }
        let texts = [
            &subject.vendor,
            &subject.product,
            &subject.package_name,
            &subject.collection_url,
            &subject.purl,
            &subject.repo,
            &subject.ecosystem,
            &subject.distro_release,
        ];
        let names = subject.cpes.iter().map(|name| &**name);
        self.remembered('c', texts.into_iter().map(|text| &**text).chain(names), test)
    }

    /// As [`Identity::fit_head`].
    pub fn head(&self, head: &CpeHead<'_>) -> Fit {
        let texts = [
            &head.part,
            &head.vendor,
            &head.product,
            &head.edition,
            &head.language,
            &head.sw_edition,
            &head.target_sw,
            &head.target_hw,
            &head.other,
        ];
        let test = || self.identity.fit_head(head, self.vendors);
        self.remembered('h', texts.into_iter().map(|text| &**text), test)
    }

    fn remembered<'t>(
        &self,
        kind: char,
        texts: impl Iterator<Item = &'t str>,
        test: impl FnOnce() -> Fit,
    ) -> Fit {
        let known = &mut *self.known.borrow_mut();
        known.key.clear();
        known.key.push(kind);
        for text in texts {
            known.key.push_str(text);
            known.key.push('\n');
        }
        if let Some(fit) = known.fits.get(known.key.as_str()) {
            return fit.clone();
        }
        let fit = test();
        known.fits.insert(known.key.clone(), fit.clone());
        fit
    }
}
