//! What stands inside a public key: the algorithm and its numbers, in one canonical encoding.

use super::{
    weak::is_weak,
    wire::{Reader, put_number, put_string},
};

/// The fewest bits of an RSA key.
const RSA_LEAST: usize = 2048;
/// The most bits of an RSA key.
const RSA_MOST: usize = 8192;

/// A curve of the NIST family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    P384,
    P521,
}

impl Curve {
    /// The algorithm that signs on this curve.
    fn algorithm(self) -> &'static str {
        match self {
            Self::P256 => "ecdsa-sha2-nistp256",
            Self::P384 => "ecdsa-sha2-nistp384",
            Self::P521 => "ecdsa-sha2-nistp521",
        }
    }

    /// The curve's own name.
    fn name(self) -> &'static str {
        match self {
            Self::P256 => "nistp256",
            Self::P384 => "nistp384",
            Self::P521 => "nistp521",
        }
    }

    /// Bytes of one coordinate.
    pub(super) fn width(self) -> usize {
        match self {
            Self::P256 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }

    /// The name and the uncompressed point that follow an algorithm's name.
    fn point<'a>(self, reader: &mut Reader<'a>) -> Option<&'a [u8]> {
        let name = reader.string()?;
        let point = reader.string()?;
        let uncompressed = point.len() == 1 + 2 * self.width() && point.first() == Some(&4);
        (name == self.name().as_bytes() && uncompressed).then_some(point)
    }
}

/// The numbers of a key that we accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Material<'a> {
    /// An Edwards point.
    Ed25519 { point: &'a [u8] },
    /// A NIST point.
    Ecdsa { curve: Curve, point: &'a [u8] },
    /// Exponent and modulus, without leading zeros.
    Rsa { exponent: &'a [u8], modulus: &'a [u8] },
    /// An Edwards point in a hardware key.
    HardwareEd25519 { point: &'a [u8], application: &'a [u8] },
    /// A P-256 point in a hardware key.
    HardwareEcdsa { point: &'a [u8], application: &'a [u8] },
}

impl<'a> Material<'a> {
    /// Reads a key blob, or says why not.
    pub(super) fn decode(blob: &'a [u8]) -> Result<Self, String> {
        let mut reader = Reader::new(blob);
        let algorithm = reader.text().ok_or("its encoding is damaged")?;
        let material = Self::numbers(algorithm, &mut reader)?.ok_or("its encoding is damaged")?;
        reader.end().ok_or("something follows the key")?;
        material.acceptable()?;
        Ok(material)
    }

    /// The numbers after the algorithm's name; `None` when they are damaged.
    fn numbers(algorithm: &str, reader: &mut Reader<'a>) -> Result<Option<Self>, String> {
        let edwards = |point: &&[u8]| point.len() == 32;
        let ecdsa =
            |curve: Curve, reader: &mut Reader<'a>| curve.point(reader).map(|point| Self::Ecdsa { curve, point });
        Ok(match algorithm {
            "ssh-ed25519" => reader.string().filter(edwards).map(|point| Self::Ed25519 { point }),
            "ecdsa-sha2-nistp256" => ecdsa(Curve::P256, reader),
            "ecdsa-sha2-nistp384" => ecdsa(Curve::P384, reader),
            "ecdsa-sha2-nistp521" => ecdsa(Curve::P521, reader),
            "ssh-rsa" => {
                reader.number().zip(reader.number()).map(|(exponent, modulus)| Self::Rsa { exponent, modulus })
            }
            "sk-ssh-ed25519@openssh.com" => (reader.string().filter(edwards))
                .zip(reader.string())
                .map(|(point, application)| Self::HardwareEd25519 { point, application }),
            "sk-ecdsa-sha2-nistp256@openssh.com" => (Curve::P256.point(reader))
                .zip(reader.string())
                .map(|(point, application)| Self::HardwareEcdsa { point, application }),
            "ssh-dss" => return Err("DSA keys are too weak to be accepted".to_owned()),
            other if other.contains("-cert-v01@") => {
                return Err("certificates are not accepted; give the plain key".to_owned());
            }
            other => return Err(format!("the algorithm `{}` is not known", other.escape_debug())),
        })
    }

    /// Refuses numbers that would make a weak key.
    fn acceptable(&self) -> Result<(), String> {
        if let Self::Ed25519 { point } | Self::HardwareEd25519 { point, .. } = self
            && is_weak(point)
        {
            return Err("anybody can sign under it".to_owned());
        }
        let Self::Rsa { exponent, modulus } = self else { return Ok(()) };
        let bits = bits(modulus);
        if bits < RSA_LEAST {
            return Err(format!("an RSA key needs at least {RSA_LEAST} bits, this one has {bits}"));
        }
        if bits > RSA_MOST {
            return Err(format!("an RSA key may have at most {RSA_MOST} bits, this one has {bits}"));
        }
        let odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        let small = exponent.len() <= 4 || (exponent.len() == 5 && exponent.first() == Some(&1));
        if *exponent == [1] || !small || !odd(exponent) || !odd(modulus) {
            return Err("its RSA numbers are out of range".to_owned());
        }
        Ok(())
    }

    /// The algorithm's name in key files; for every kind but RSA it is that of signatures too.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519 { .. } => "ssh-ed25519",
            Self::Ecdsa { curve, .. } => curve.algorithm(),
            Self::Rsa { .. } => "ssh-rsa",
            Self::HardwareEd25519 { .. } => "sk-ssh-ed25519@openssh.com",
            Self::HardwareEcdsa { .. } => "sk-ecdsa-sha2-nistp256@openssh.com",
        }
    }

    /// The canonical key blob.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut blob = Vec::new();
        put_string(&mut blob, self.algorithm().as_bytes());
        match self {
            Self::Ed25519 { point } => put_string(&mut blob, point),
            Self::Ecdsa { curve, point } => {
                put_string(&mut blob, curve.name().as_bytes());
                put_string(&mut blob, point);
            }
            Self::Rsa { exponent, modulus } => {
                put_number(&mut blob, exponent);
                put_number(&mut blob, modulus);
            }
            Self::HardwareEd25519 { point, application } => {
                put_string(&mut blob, point);
                put_string(&mut blob, application);
            }
            Self::HardwareEcdsa { point, application } => {
                put_string(&mut blob, Curve::P256.name().as_bytes());
                put_string(&mut blob, point);
                put_string(&mut blob, application);
            }
        }
        blob
    }
}

/// Bits of a number without leading zeros.
fn bits(magnitude: &[u8]) -> usize {
    let zeros = magnitude.first().map_or(0, |first| first.leading_zeros() as usize);
    (magnitude.len() * 8).saturating_sub(zeros)
}
