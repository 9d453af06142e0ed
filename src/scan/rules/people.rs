//! Tokens of what people talk through.

use crate::scan::{
    plausible,
    rule::{Rule, named, token},
};

pub(super) const RULES: &[Rule] = &[
    token(
        "slack-token",
        "a Slack token",
        &["xoxa-", "xoxb-", "xoxe", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xoxc-", "xoxd-"],
        "(?:xoxe\\.)?xox[abceoprsd]-[A-Za-z0-9%-]{10,400}",
    )
    .believing(plausible::random),
    token(
        "slack-app-token",
        "a Slack app token",
        &["xapp-"],
        r"xapp-[0-9]-[A-Z0-9]{8,14}-[0-9]{10,16}-[0-9a-f]{60,70}",
    ),
    token(
        "slack-webhook",
        "a Slack webhook",
        &["hooks.slack.com"],
        r"https?://hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{30,80}",
    )
    .believing(plausible::token),
    token(
        "discord-token",
        "a Discord token",
        &["."],
        r"[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}",
    )
    .believing(plausible::three_parts),
    token(
        "discord-webhook",
        "a Discord webhook",
        &["api/webhooks/"],
        r"https?://(?:ptb\.|canary\.)?discord(?:app)?\.com/api(?:/v[0-9]{1,2})?/webhooks/[0-9]{17,20}/[A-Za-z0-9_-]{60,80}",
    ),
    token(
        "discord-secret",
        "a Discord client secret",
        &["discord"],
        named!("discord", "(?-i:[A-Za-z0-9_-]{32}|[0-9a-f]{64})"),
    )
    .believing(plausible::key),
    token("telegram-token", "a Telegram bot token", &[":aa"], r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}")
        .believing(plausible::random),
    token(
        "teams-webhook",
        "a Microsoft Teams webhook",
        &["webhook.office.com"],
        r"https://[a-z0-9-]{1,60}\.webhook\.office\.com/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}/[0-9a-f-]{36}",
    ),
    token(
        "zapier-webhook",
        "a Zapier webhook",
        &["hooks.zapier.com"],
        r"https://hooks\.zapier\.com/hooks/catch/[0-9]{4,10}/[A-Za-z0-9]{5,12}",
    ),
    token("twilio-key", "a Twilio API key", &["sk"], "SK[0-9a-f]{32}"),
    token("twilio-account", "a Twilio account id", &["ac"], "AC[0-9a-f]{32}"),
    token("twilio-secret", "a Twilio auth token", &["twilio"], named!("twilio", "[0-9a-f]{32}")),
    token("sendgrid-key", "a SendGrid API key", &["sg."], r"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    token("mailgun-key", "a Mailgun key", &["key-"], "key-[0-9a-f]{32}"),
    token(
        "mailgun-key",
        "a Mailgun key",
        &["mailgun"],
        named!("mailgun", "(?:key-|pubkey-)?[0-9a-f]{32}(?:-[0-9a-f]{8}-[0-9a-f]{8})?"),
    ),
    token("mailchimp-key", "a Mailchimp API key", &["-us"], r"[0-9a-f]{32}-us[0-9]{1,2}"),
    token("mandrill-key", "a Mandrill key", &["md-"], "md-[A-Za-z0-9_-]{22}").believing(plausible::key),
    token("brevo-key", "a Brevo key", &["xkeysib-", "xsmtpsib-"], "x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}"),
    token(
        "postmark-token",
        "a Postmark token",
        &["postmark"],
        named!("postmark", "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ),
    token("messagebird-key", "a MessageBird key", &["messagebird"], named!("messagebird", "(?-i:[A-Za-z0-9]{25})"))
        .believing(plausible::key),
    token(
        "vonage-secret",
        "a Vonage API secret",
        &["vonage", "nexmo"],
        named!("(?:vonage|nexmo)[a-z_ -]{0,12}secret", "(?-i:[A-Za-z0-9]{16})"),
    )
    .believing(plausible::key),
    token(
        "intercom-token",
        "an Intercom token",
        &["intercom"],
        named!("intercom", "(?-i:dG9rO[A-Za-z0-9+/=]{40,80}|[A-Za-z0-9=_-]{60})"),
    )
    .believing(plausible::key),
    token("zendesk-token", "a Zendesk token", &["zendesk"], named!("zendesk", "(?-i:[A-Za-z0-9]{40})"))
        .believing(plausible::key),
    token(
        "freshdesk-key",
        "a Freshdesk key",
        &["freshdesk", "freshservice"],
        named!("freshdesk|freshservice", "(?-i:[A-Za-z0-9]{20})"),
    )
    .believing(plausible::key),
    token(
        "hubspot-token",
        "a HubSpot token",
        &["pat-na", "pat-eu"],
        r"pat-(?:na|eu)[0-9]-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    token("facebook-token", "a Facebook access token", &["eaa"], "EAA(?:[MC][A-Za-z0-9]|Baa)[A-Za-z0-9]{60,250}")
        .believing(plausible::random),
    token("twitter-token", "a Twitter bearer token", &["aaaaaaaaaaaaaaaaaaaa"], "A{20,22}[A-Za-z0-9%]{80,100}"),
    token(
        "twitter-secret",
        "a Twitter secret",
        &["twitter"],
        named!(
            "twitter[a-z_ -]{0,24}(?:secret|key|token)",
            "(?-i:[A-Za-z0-9]{25}|[A-Za-z0-9]{50}|[0-9]{15,25}-[A-Za-z0-9]{20,40})"
        ),
    )
    .believing(plausible::key),
    token(
        "linkedin-secret",
        "a LinkedIn client secret",
        &["linkedin", "wpl_ap"],
        named!("linkedin", r"(?-i:WPL_AP[0-9]\.[A-Za-z0-9]{16}\.[A-Za-z0-9+/]{6,8}={0,2}|[A-Za-z0-9]{16})"),
    )
    .believing(plausible::key),
];
