//! The provider's public keys (RFC 7517), and signatures by them: RS256 and ES256. Every other algorithm is refused,
//! `none` and those with a shared secret first of all.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde_json::Value;

/// How a token is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Algorithm {
    /// RSA with PKCS#1 1.5 and SHA-256, 2048 bits at least.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
}

impl Algorithm {
    pub fn parse(word: &str) -> Option<Algorithm> {
        match word {
            "RS256" => Some(Algorithm::Rs256),
            "ES256" => Some(Algorithm::Es256),
            _ => None,
        }
    }
}

/// A key of the set.
#[derive(Clone, Debug)]
struct Key {
    /// Its id; empty where it has none.
    id: String,
    material: Material,
}

#[derive(Clone, Debug)]
enum Material {
    Rsa {
        modulus: Vec<u8>,
        exponent: Vec<u8>,
    },
    /// Uncompressed point.
    P256(Vec<u8>),
}

/// The keys of a provider.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys(Vec<Key>);

/// What a signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Signed {
    Right,
    Wrong,
    /// No key of that id: the provider may have new ones.
    Unknown,
}

impl Keys {
    /// Reads a set. Keys of other kinds and for other uses are left out.
    pub fn read(bytes: &[u8]) -> Result<Keys, String> {
        let set: Value =
            serde_json::from_slice(bytes).map_err(|error| format!("the keys are not JSON: {error}"))?;
        let keys = set["keys"].as_array().ok_or("the keys hold no list `keys`")?;
        Ok(Keys(keys.iter().filter_map(key).collect()))
    }

    /// Looks at a signature. Without an id the one key of the algorithm is taken, where there is only one.
    pub fn check(&self, algorithm: Algorithm, id: Option<&str>, message: &[u8], signature: &[u8]) -> Signed {
        let fitting: Vec<&Key> = (self.0.iter())
            .filter(|key| key.material.fits(algorithm) && id.is_none_or(|id| key.id == id))
            .collect();
        match fitting.as_slice() {
            [] => Signed::Unknown,
            [key] if key.material.signed(message, signature) => Signed::Right,
            _ => Signed::Wrong,
        }
    }
}

impl Material {
    fn fits(&self, algorithm: Algorithm) -> bool {
        match self {
            Material::Rsa { .. } => algorithm == Algorithm::Rs256,
            Material::P256(_) => algorithm == Algorithm::Es256,
        }
    }

    fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        match self {
            Material::Rsa { modulus, exponent } => {
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                key.verify(&signature::RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
            }
            Material::P256(point) => UnparsedPublicKey::new(&signature::ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }
}

fn key(key: &Value) -> Option<Key> {
    let text = |name: &str| key[name].as_str();
    let bytes = |name: &str| BASE64.decode(text(name)?.trim_end_matches('=')).ok();
    if text("use").is_some_and(|purpose| purpose != "sig") {
        return None;
    }
    let (material, algorithm) = match (text("kty")?, text("crv")) {
        ("RSA", _) => {
            (Material::Rsa { modulus: unsigned(bytes("n")?), exponent: unsigned(bytes("e")?) }, "RS256")
        }
        ("EC", Some("P-256")) => (Material::P256([vec![4], bytes("x")?, bytes("y")?].concat()), "ES256"),
        _ => return None,
    };
    if text("alg").is_some_and(|word| word != algorithm) {
        return None;
    }
    Some(Key { id: text("kid").unwrap_or_default().to_owned(), material })
}

/// Some providers write a zero before the number, against RFC 7518, 6.3.1.1.
fn unsigned(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 7515, A.3.
    const MESSAGE: &str = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const SIGNATURE: &str =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    fn keys(extra: &str) -> Keys {
        let text = format!(
            r#"{{"keys":[{{"kty":"EC","crv":"P-256","kid":"a","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"{extra}}}]}}"#
        );
        Keys::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn the_published_example_is_right_and_one_bit_less_is_wrong() {
        let mut signature = BASE64.decode(SIGNATURE).unwrap();
        let check = |keys: &Keys, algorithm, id, signature: &[u8]| {
            keys.check(algorithm, id, MESSAGE.as_bytes(), signature)
        };
        assert_eq!(check(&keys(""), Algorithm::Es256, Some("a"), &signature), Signed::Right);
        assert_eq!(check(&keys(""), Algorithm::Es256, None, &signature), Signed::Right);
        assert_eq!(check(&keys(""), Algorithm::Es256, Some("b"), &signature), Signed::Unknown);
        assert_eq!(check(&keys(""), Algorithm::Rs256, Some("a"), &signature), Signed::Unknown);
        for extra in [r#","use":"enc""#, r#","alg":"ES512""#] {
            assert_eq!(
                check(&keys(extra), Algorithm::Es256, Some("a"), &signature),
                Signed::Unknown,
                "{extra}"
            );
        }
        signature[0] ^= 1;
        assert_eq!(check(&keys(""), Algorithm::Es256, Some("a"), &signature), Signed::Wrong);
        assert_eq!(check(&keys(""), Algorithm::Es256, Some("a"), &[]), Signed::Wrong);
    }

    const RSA_MESSAGE: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb21lYm9keSJ9";
    const RSA_SIGNATURE: &str = "BBH-NIzHVlZIiJcGlpIyLJkSyhRCt29rd5CCPsng4pG48QQAFcc2MVAw3Yx2wqSi86crKmnALCy8nMi2TUL8tWfhC1PJs5zGahuFL6ZVMKxxGkAV_1asa5edahz60gg_ZK7doteVqp5Kw6oZ9TqTEZRbDUwvkXlGfOBfbv45X-l2FlcWywVVLT4wm38mXdJZinbnEMMi65EGXV8IN3rjDHV6otWZvkb-B4HXdthrFw6ys-PcB76XV1sD2GAvgVwX8iHZLvrO4814HHVHRyYI3KOCx4rlg6j5i6bRVdI_19eXLC-MvLFpFM3QEmjAoh4lHxVpiqjuw2SJltlSbz-e7Q";
    const MODULUS: &str = "tZ0QifdMh765wcSWLNS2vSk2GVwMx9hv7W4aTJAYSzfdtko9WlpgWU0BE7E16kQH9yrgxTPBeSDHpICmoXvB7TNXyx5my_YM_I2_54Uao5iH-nGKIWe4YYiGqR1zMmj694yRAax_iJ_ny3xYjuhJBU1hPt3GGc0a1hn96xLrlt1w8k8AuwfEWJQb_-VrsruQx_BsUdlIz_4cD85t0ZWULAUOx3P0XJpXIPchAOJZlIAr8gquFwI5kRyvE_MOt2HgGlv2iy3sonTPMk33SuEaipoHZ-MVuT587SWuhiG12ruwEhRSvUlbhv3z-g7TVrlLedVl3I4QFY_AdybdYAA9_w";

    /// Made once with OpenSSL; the private key was thrown away.
    #[test]
    fn rsa_is_right_and_another_message_is_wrong() {
        // A zero before the number, as some providers write it.
        let long = BASE64.encode([vec![0], BASE64.decode(MODULUS).unwrap()].concat());
        for modulus in [MODULUS, &long] {
            let text = format!(
                r#"{{"keys":[{{"kty":"RSA","n":"{modulus}","e":"AQAB","alg":"RS256","use":"sig"}}]}}"#
            );
            let keys = Keys::read(text.as_bytes()).unwrap();
            let signature = BASE64.decode(RSA_SIGNATURE).unwrap();
            let check = |message: &str| keys.check(Algorithm::Rs256, None, message.as_bytes(), &signature);
            assert_eq!(check(RSA_MESSAGE), Signed::Right);
            assert_eq!(check(&RSA_MESSAGE[1..]), Signed::Wrong);
        }
    }

    #[test]
    fn other_algorithms_are_none_of_ours() {
        for bad in ["none", "None", "HS256", "RS384", "rs256", ""] {
            assert_eq!(Algorithm::parse(bad), None, "{bad}");
        }
        assert!(Keys::read(b"{}").is_err() && Keys::read(b"x").is_err());
    }
}
