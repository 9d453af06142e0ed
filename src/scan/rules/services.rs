//! Keys of what people pay with, sell with and work with.

use crate::scan::{
    plausible,
    rule::{Rule, named, token},
};

pub(super) const RULES: &[Rule] = &[
    token(
        "stripe-key",
        "a Stripe secret key",
        &["sk_live_", "rk_live_", "sk_test_", "rk_test_"],
        "[sr]k_(?:live|test)_[A-Za-z0-9]{16,247}",
    )
    .believing(plausible::random),
    token("stripe-webhook-secret", "a Stripe webhook secret", &["whsec_"], "whsec_[A-Za-z0-9+/]{32,64}={0,2}")
        .believing(plausible::random),
    token("square-token", "a Square access token", &["sq0atp-"], r"sq0atp-[A-Za-z0-9_\\-]{22}"),
    token("square-secret", "a Square OAuth secret", &["sq0csp-"], r"sq0csp-[A-Za-z0-9_\\-]{43}"),
    token("square-token", "a Square access token", &["eaaa"], "EAAA[A-Za-z0-9_-]{60}").believing(plausible::random),
    token(
        "paypal-token",
        "a PayPal Braintree token",
        &["access_token$"],
        r"access_token\$(?:production|sandbox)\$[0-9a-z]{16}\$[0-9a-f]{32}",
    ),
    token(
        "shopify-token",
        "a Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        "shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}",
    ),
    token("adyen-key", "an Adyen key", &["adyen"], named!("adyen", "(?-i:AQE[A-Za-z0-9+/=._-]{50,200})")),
    token(
        "plaid-token",
        "a Plaid token",
        &["access-production-", "access-sandbox-", "access-development-"],
        "access-(?:sandbox|development|production)-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    token("razorpay-key", "a Razorpay key", &["rzp_"], "rzp_(?:live|test)_[A-Za-z0-9]{14}").believing(plausible::key),
    token("coinbase-key", "a Coinbase key", &["coinbase"], named!("coinbase", "(?-i:[A-Za-z0-9_-]{64})"))
        .believing(plausible::key),
    token("mollie-key", "a Mollie key", &["mollie"], named!("mollie", "(?-i:(?:live|test)_[A-Za-z0-9]{30})")),
    token(
        "gocardless-token",
        "a GoCardless token",
        &["gocardless"],
        named!("gocardless", "(?-i:live_[A-Za-z0-9_=-]{40})"),
    ),
    token("lob-key", "a Lob key", &["lob"], named!("lob(?:[_ -]?api)?[_ -]?key", "(?:live|test)_[0-9a-f]{35}")),
    token("easypost-key", "an EasyPost key", &["ezak", "eztk"], "EZ[AT]K[A-Za-z0-9]{54}"),
    token("shippo-key", "a Shippo key", &["shippo_"], "shippo_(?:live|test)_[0-9a-f]{40}"),
    token("duffel-token", "a Duffel token", &["duffel_"], "duffel_(?:live|test)_[A-Za-z0-9_=-]{43}"),
    token("flutterwave-key", "a Flutterwave key", &["flwseck"], "FLWSECK(?:_TEST)?-[0-9a-zA-Z]{12,40}-X"),
    token("paystack-key", "a Paystack key", &["paystack"], named!("paystack", "sk_(?:live|test)_[0-9a-f]{40}")),
    token("linear-key", "a Linear key", &["lin_api_", "lin_oauth_"], "lin_(?:api|oauth)_[A-Za-z0-9]{40,64}"),
    token("notion-token", "a Notion token", &["ntn_"], "ntn_[A-Za-z0-9]{40,50}"),
    token("notion-token", "a Notion token", &["notion"], named!("notion", "(?-i:secret_[A-Za-z0-9]{43})")),
    token("airtable-token", "an Airtable token", &["pat"], r"pat[A-Za-z0-9]{14}\.[0-9a-f]{64}"),
    token(
        "asana-token",
        "an Asana token",
        &["asana"],
        named!("asana", "(?:[0-9]/[0-9]{10,20}(?:/[0-9]{10,20})?:)?[0-9a-f]{32}"),
    ),
    token("figma-token", "a Figma token", &["figd_", "figo_", "figu_"], "fig[dou]_[A-Za-z0-9_-]{36,44}"),
    token("clickup-token", "a ClickUp token", &["pk_"], r"pk_[0-9]{5,10}_[A-Z0-9]{32}"),
    token("contentful-token", "a Contentful token", &["cfpat-"], "CFPAT-[A-Za-z0-9_-]{43}"),
    token("typeform-token", "a Typeform token", &["tfp_"], r"tfp_[A-Za-z0-9_.=-]{40,60}").believing(plausible::random),
    token("algolia-key", "an Algolia key", &["algolia"], named!("algolia", "[0-9a-f]{32}")),
    token("mapbox-token", "a Mapbox secret token", &["sk.eyj"], r"sk\.eyJ[A-Za-z0-9_-]{20,200}\.[A-Za-z0-9_-]{20,40}"),
    token("readme-key", "a ReadMe key", &["rdme_"], "rdme_[a-z0-9]{70}"),
    token("frameio-token", "a Frame.io token", &["fio-u-"], "fio-u-[A-Za-z0-9_=-]{64}"),
    token("dropbox-token", "a Dropbox token", &["sl."], r"sl\.(?:u\.)?[A-Za-z0-9_=-]{130,}")
        .believing(plausible::random),
    token(
        "dropbox-secret",
        "a Dropbox secret",
        &["dropbox"],
        named!("dropbox", "(?-i:[a-z0-9]{15}|[A-Za-z0-9]{11}AAAAAAAAAA[A-Za-z0-9_=-]{43})"),
    )
    .believing(plausible::key),
    token("okta-token", "an Okta token", &["okta", "ssws"], named!("okta|ssws", "(?-i:00[A-Za-z0-9_=-]{40})"))
        .believing(plausible::key),
    token("okta-token", "an Okta token", &["ssws"], "SSWS (00[A-Za-z0-9_=-]{40})").believing(plausible::key),
    token(
        "auth0-secret",
        "an Auth0 client secret",
        &["auth0"],
        named!("auth0[a-z_ -]{0,16}secret", "(?-i:[A-Za-z0-9_-]{64})"),
    )
    .believing(plausible::key),
    token("salesforce-token", "a Salesforce token", &["00d"], r"00D[A-Za-z0-9]{12,15}![A-Za-z0-9._]{80,260}")
        .believing(plausible::random),
    token(
        "jira-token",
        "a Jira token",
        &["jira", "confluence"],
        named!("(?:jira|confluence)[a-z_ -]{0,16}(?:token|key|secret)", "(?-i:[A-Za-z0-9]{24})"),
    )
    .believing(plausible::key),
    token(
        "amplitude-secret",
        "an Amplitude secret",
        &["amplitude"],
        named!("amplitude[a-z_ -]{0,12}secret", "[0-9a-f]{32}"),
    ),
    token(
        "segment-key",
        "a Segment key",
        &["sgp_", "segment"],
        named!("segment", "(?-i:sgp_[A-Za-z0-9]{64}|[A-Za-z0-9]{32})"),
    )
    .believing(plausible::key),
];
