//! Keys of machines and of their users: private keys, and tokens of secret stores.

use crate::scan::{
    plausible,
    rule::{Rule, named, token},
};

pub(super) const RULES: &[Rule] = &[
    token(
        "private-key",
        "a private key",
        &["private key"],
        r#"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----[A-Za-z0-9+/=\s\\:,."'()@<>_-]{48,}?-----END[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----"#,
    )
    .believing(plausible::key_block)
    .anywhere(),
    token(
        "private-key",
        "a private key",
        &["private key"],
        r"-----BEGIN[ A-Z0-9]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\s|\\[nr]){1,8}[A-Za-z0-9+/=]{40}(?:[A-Za-z0-9+/=\r\n]|\\[nr])*",
    )
    .believing(plausible::key_block)
    .anywhere(),
    token("age-secret-key", "an age secret key", &["age-secret-key-1"], "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"),
    token("vault-token", "a HashiCorp Vault token", &["hvs.", "hvb.", "hvr."], r"hv[sbr]\.[A-Za-z0-9_-]{24,300}").believing(plausible::random),
    token("vault-token", "a HashiCorp Vault token", &["vault"], named!("vault[_-]?token", r"(?-i:s\.[A-Za-z0-9]{24})")),
    token("terraform-token", "a Terraform Cloud token", &[".atlasv1."], r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}"),
    token("pulumi-token", "a Pulumi access token", &["pul-"], "pul-[0-9a-f]{40}"),
    token("doppler-token", "a Doppler token", &["dp."], r"dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{1,40}\.)?[A-Za-z0-9]{40,44}"),
    token("onepassword-token", "a 1Password service account token", &["ops_eyj"], "ops_eyJ[A-Za-z0-9+/_-]{100,}={0,2}"),
    token("onepassword-key", "a 1Password secret key", &["a3-"], "A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}").believing(plausible::random),
    token("infisical-token", "an Infisical service token", &["st."], r"st\.[0-9a-f]{24}\.[0-9a-f]{32}\.[0-9a-f]{32}"),
    token("openshift-token", "an OpenShift user token", &["sha256~"], "sha256~[A-Za-z0-9_-]{43}"),
    token("tailscale-key", "a Tailscale key", &["tskey-"], "tskey-(?:auth|api|client|scim|webhook)-[A-Za-z0-9]{6,24}-[A-Za-z0-9]{20,60}"),
    token("ngrok-token", "an ngrok token", &["ngrok"], named!("ngrok", r"(?-i:[12][A-Za-z0-9]{26}_[A-Za-z0-9]{20,24})")),
    token("wireguard-key", "a WireGuard private key", &["privatekey", "presharedkey"], named!("(?:private|preshared)key", "[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")).believing(plausible::random),
];
