//! Keys of those who serve models and what belongs to them.

use crate::scan::{
    plausible,
    rule::{Rule, named, token},
};

pub(super) const RULES: &[Rule] = &[
    token(
        "anthropic-key",
        "an Anthropic API key",
        &["sk-ant-"],
        r"sk-ant-(?:api|admin|sid|oat|ort)[0-9]{2}-[A-Za-z0-9_-]{24,160}",
    )
    .believing(plausible::random),
    token(
        "openai-key",
        "an OpenAI API key",
        &["t3blbkfj"],
        "sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,120}T3BlbkFJ[A-Za-z0-9_-]{20,120}",
    )
    .believing(plausible::random),
    token(
        "openai-key",
        "an OpenAI API key",
        &["openai"],
        named!("openai[ _-]?(?:api)?[ _-]?(?:key|token|secret)", "(?-i:sk-[A-Za-z0-9_-]{32,200})"),
    )
    .believing(plausible::random),
    token("openrouter-key", "an OpenRouter API key", &["sk-or-"], "sk-or-v1-[0-9a-f]{64}"),
    token("hugging-face-token", "a Hugging Face token", &["hf_"], "hf_[A-Za-z]{34}").believing(plausible::random),
    token("hugging-face-token", "a Hugging Face token", &["api_org_"], "api_org_[A-Za-z]{34}")
        .believing(plausible::random),
    token("replicate-token", "a Replicate API token", &["r8_"], "r8_[A-Za-z0-9]{37}"),
    token("groq-key", "a Groq API key", &["gsk_"], "gsk_[A-Za-z0-9]{52}"),
    token("perplexity-key", "a Perplexity API key", &["pplx-"], "pplx-[A-Za-z0-9]{48}"),
    token("xai-key", "an xAI API key", &["xai-"], "xai-[A-Za-z0-9]{70,90}"),
    token("nvidia-key", "an NVIDIA API key", &["nvapi-"], "nvapi-[A-Za-z0-9_-]{60,70}"),
    token("fireworks-key", "a Fireworks API key", &["fw_"], "fw_[A-Za-z0-9]{22,26}").believing(plausible::key),
    token("pinecone-key", "a Pinecone API key", &["pcsk_"], "pcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{60,66}"),
    token(
        "langfuse-key",
        "a Langfuse secret key",
        &["sk-lf-"],
        "sk-lf-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
    ),
    token("langsmith-key", "a LangSmith API key", &["lsv2_"], "lsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    token("tavily-key", "a Tavily API key", &["tvly-"], "tvly-(?:dev-|prod-)?[A-Za-z0-9]{30,40}"),
    token("firecrawl-key", "a Firecrawl API key", &["fc-"], "fc-[0-9a-f]{32}"),
    token(
        "elevenlabs-key",
        "an ElevenLabs API key",
        &["elevenlabs", "xi-api-key"],
        named!("elevenlabs|xi-api-key", "(?:sk_)?[0-9a-f]{32,48}"),
    ),
    token("deepseek-key", "a DeepSeek API key", &["deepseek"], named!("deepseek", "sk-[0-9a-f]{32}")),
    token(
        "cohere-key",
        "a Cohere API key",
        &["cohere", "co_api_key"],
        named!("cohere|co_api_key", "(?-i:[A-Za-z0-9]{40})"),
    )
    .believing(plausible::key),
    token("mistral-key", "a Mistral API key", &["mistral"], named!("mistral", "(?-i:[A-Za-z0-9]{32})"))
        .believing(plausible::key),
    token("together-key", "a Together API key", &["together"], named!("together", "(?:tgp_v1_)?[A-Za-z0-9_-]{43,64}"))
        .believing(plausible::key),
    token(
        "wandb-key",
        "a Weights & Biases API key",
        &["wandb"],
        named!("wandb", "(?:[0-9a-f]{40}|wandb_v1_[A-Za-z0-9_-]{40,100})"),
    ),
    token("voyage-key", "a Voyage API key", &["voyage"], named!("voyage", "pa-[A-Za-z0-9_-]{40,50}")),
    token("assemblyai-key", "an AssemblyAI API key", &["assemblyai"], named!("assemblyai", "[0-9a-f]{32}")),
    token("databricks-token", "a Databricks token", &["dapi"], r"dapi[0-9a-f]{32}(?:-[0-9])?"),
    token("databricks-secret", "a Databricks OAuth secret", &["dose"], "dose[0-9a-f]{32}"),
    token(
        "snowflake-token",
        "a Snowflake token",
        &["snowflake"],
        named!("snowflake[_ -]?(?:password|token|pat)", r#"[^\s"'`]{10,200}"#),
    )
    .believing(plausible::password),
];
