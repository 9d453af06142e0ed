//! The bytes of an SSHSIG, and the check of its numbers.

use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA512,
    RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, SshSig};

use super::{
    SignatureError,
    material::{Curve, Material},
    wire::Reader,
};
use crate::object::Digest;

const MAGIC: &[u8] = b"SSHSIG";

/// A signature taken apart; nothing in it has been checked against any bytes yet.
pub(super) struct Parts<'a> {
    /// The key's blob, in canonical encoding.
    blob: &'a [u8],
    /// The key.
    pub(super) key: Material<'a>,
    /// What it was made for.
    pub(super) namespace: &'a str,
    hash: HashAlg,
    algorithm: &'a str,
    raw: &'a [u8],
    /// Flags and counter of a hardware key, else empty.
    trailer: &'a [u8],
}

impl<'a> Parts<'a> {
    /// Takes a signature apart; whatever OpenSSH would not write is refused.
    pub(super) fn decode(bytes: &'a [u8]) -> Result<Self, SignatureError> {
        let damaged = || SignatureError::Malformed("its encoding is damaged".to_owned());
        let fields = Fields::read(bytes).ok_or_else(damaged)?;
        if fields.version != 1 {
            return Err(SignatureError::Malformed(format!("its version is {}, not 1", fields.version)));
        }
        if !fields.reserved.is_empty() {
            return Err(SignatureError::Malformed("its reserved field is not empty".to_owned()));
        }
        let key = Material::decode(fields.blob).map_err(SignatureError::Malformed)?;
        if key.encode() != fields.blob {
            return Err(SignatureError::Malformed("its key is not in canonical encoding".to_owned()));
        }
        let hash = match fields.hash {
            "sha256" => HashAlg::Sha256,
            "sha512" => HashAlg::Sha512,
            other => return Err(SignatureError::Algorithm(other.to_owned())),
        };
        let (algorithm, raw, trailer) = split(fields.signature, &key).ok_or_else(damaged)?;
        check_algorithm(algorithm, &key)?;
        Ok(Self { blob: fields.blob, key, namespace: fields.namespace, hash, algorithm, raw, trailer })
    }

    /// Whether the key made this signature over these bytes, under the namespace it names.
    pub(super) fn holds(&self, bytes: &[u8]) -> bool {
        match self.key {
            Material::Ed25519 { .. } => self.holds_through_ssh_key(Algorithm::Ed25519, bytes),
            Material::Ecdsa { curve: Curve::P521, .. } => {
                // The reader of that crate tolerates other spellings of r and s; ours does not.
                self.fixed(Curve::P521).is_some()
                    && self.holds_through_ssh_key(Algorithm::Ecdsa { curve: EcdsaCurve::NistP521 }, bytes)
            }
            Material::Ecdsa { curve, point } => {
                let algorithm: &dyn VerificationAlgorithm =
                    if curve == Curve::P256 { &ECDSA_P256_SHA256_FIXED } else { &ECDSA_P384_SHA384_FIXED };
                let signed = self.signed(bytes);
                (signed.zip(self.fixed(curve))).is_some_and(|(signed, raw)| matches(algorithm, point, &signed, &raw))
            }
            Material::Rsa { exponent, modulus } => {
                let parameters = if self.algorithm == "rsa-sha2-256" {
                    &RSA_PKCS1_2048_8192_SHA256
                } else {
                    &RSA_PKCS1_2048_8192_SHA512
                };
                let key = RsaPublicKeyComponents { n: modulus, e: exponent };
                self.signed(bytes).is_some_and(|signed| key.verify(parameters, &signed, self.raw).is_ok())
            }
            Material::HardwareEd25519 { point, application } => {
                let signed = self.signed_by_hardware(application, bytes);
                signed.is_some_and(|signed| matches(&ED25519, point, &signed, self.raw))
            }
            Material::HardwareEcdsa { point, application } => {
                let signed = self.signed_by_hardware(application, bytes);
                (signed.zip(self.fixed(Curve::P256)))
                    .is_some_and(|(signed, raw)| matches(&ECDSA_P256_SHA256_FIXED, point, &signed, &raw))
            }
        }
    }

    /// What is signed in place of the bytes: their digest, the namespace and the hash's name.
    fn signed(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        SshSig::signed_data(self.namespace, self.hash, bytes).ok()
    }

    /// What a hardware key signs in place of that: digests, with its flags and counter between.
    fn signed_by_hardware(&self, application: &[u8], bytes: &[u8]) -> Option<Vec<u8>> {
        let signed = Digest::of(&self.signed(bytes)?);
        Some([Digest::of(application).as_bytes(), self.trailer, signed.as_bytes()].concat())
    }

    /// The two numbers of an ECDSA signature side by side, each as wide as the curve.
    fn fixed(&self, curve: Curve) -> Option<Vec<u8>> {
        let mut reader = Reader::new(self.raw);
        let numbers = [reader.shortest_number()?, reader.shortest_number()?];
        reader.end()?;
        let mut fixed = Vec::with_capacity(2 * curve.width());
        for number in numbers {
            fixed.resize(fixed.len() + curve.width().checked_sub(number.len())?, 0);
            fixed.extend(number);
        }
        Some(fixed)
    }

    /// Ed25519 is fastest there, and P-521 is nowhere else.
    fn holds_through_ssh_key(&self, algorithm: Algorithm, bytes: &[u8]) -> bool {
        let check = || -> ssh_key::Result<()> {
            let key = ssh_key::PublicKey::from_bytes(self.blob)?;
            let raw = ssh_key::Signature::new(algorithm, self.raw)?;
            let signature = SshSig::new(key.key_data().clone(), self.namespace, self.hash, raw)?;
            key.verify(self.namespace, bytes, &signature)
        };
        check().is_ok()
    }
}

/// The fields as they stand.
struct Fields<'a> {
    version: u32,
    blob: &'a [u8],
    namespace: &'a str,
    reserved: &'a [u8],
    hash: &'a str,
    signature: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Reads all fields; nothing may follow.
    fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        reader.take(MAGIC.len()).filter(|magic| *magic == MAGIC)?;
        let fields = Self {
            version: reader.u32()?,
            blob: reader.string()?,
            namespace: reader.text().filter(|namespace| !namespace.is_empty())?,
            reserved: reader.string()?,
            hash: reader.text()?,
            signature: reader.string()?,
        };
        reader.end()?;
        Some(fields)
    }
}

/// Algorithm, raw signature, and for hardware keys the flag byte with the counter.
fn split<'a>(signature: &'a [u8], key: &Material<'_>) -> Option<(&'a str, &'a [u8], &'a [u8])> {
    let mut reader = Reader::new(signature);
    let algorithm = reader.text()?;
    let raw = reader.string()?;
    let hardware = matches!(key, Material::HardwareEd25519 { .. } | Material::HardwareEcdsa { .. });
    let trailer = reader.take(if hardware { 5 } else { 0 })?;
    reader.end()?;
    Some((algorithm, raw, trailer))
}

/// Whether this kind of key signs with this algorithm, and we accept it.
fn check_algorithm(algorithm: &str, key: &Material<'_>) -> Result<(), SignatureError> {
    let accepted = match key {
        Material::Rsa { .. } => matches!(algorithm, "rsa-sha2-256" | "rsa-sha2-512"),
        other => algorithm == other.algorithm(),
    };
    if accepted { Ok(()) } else { Err(SignatureError::Algorithm(algorithm.escape_debug().to_string())) }
}

/// Whether the raw signature is of these bytes.
fn matches(algorithm: &'static dyn VerificationAlgorithm, point: &[u8], signed: &[u8], raw: &[u8]) -> bool {
    UnparsedPublicKey::new(algorithm, point).verify(signed, raw).is_ok()
}
