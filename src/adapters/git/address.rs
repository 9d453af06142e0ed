//! Addresses of remotes, as git reads them.

/// Whether git would take an address for a folder, and reach it without asking any server.
pub fn is_folder(url: &str) -> bool {
    if let Some((scheme, _)) = url.split_once("://") {
        return scheme == "file";
    }
    url.find(':').is_none_or(|colon| url.find('/').is_some_and(|slash| slash < colon))
}

/// A URL as people may see it.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let end = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = host.rsplit_once('@').map_or_else(
        || host.to_owned(),
        |(user, host)| {
            let user = user.split_once(':').map_or(user, |(user, _)| user);
            format!("{user}@{host}")
        },
    );
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_told_from_a_server_as_git_does() {
        for (url, folder) in [
            ("/srv/x.git", true),
            ("x.git", true),
            ("./a:b/x.git", true),
            ("file:///srv/x.git", true),
            ("git@host:team/x.git", false),
            ("host:x", false),
            ("ssh://host/x.git", false),
            ("https://host/x.git", false),
        ] {
            assert_eq!(is_folder(url), folder, "{url}");
        }
    }

    #[test]
    fn nobody_sees_the_password_of_a_url() {
        for (url, shown) in [
            ("https://maya:secret@host/x.git", "https://maya@host/x.git"),
            ("https://host/x@y:z.git", "https://host/x@y:z.git"),
            ("git@host:team/x.git", "git@host:team/x.git"),
            ("/srv/x.git", "/srv/x.git"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
