//! The signatures that are known: texts that are in a function's log when it is attacked, or does what
//! attackers have it do, and hardly otherwise. What SQL and HTTP clients log every day is left out, such as
//! `UNION SELECT` alone, and so are the names of scanners, which every public function hears.
//! Techniques: <https://attack.mitre.org/techniques/T1190/>, <https://attack.mitre.org/techniques/T1059/>,
//! <https://attack.mitre.org/techniques/T1496/>, <https://attack.mitre.org/techniques/T1552/>;
//! where a function's credentials are: <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>
//! and <https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html>.

use super::{LinePattern, Signature, SignatureId};

const KNOWN: &[(&str, &[&str])] = &[
    (
        "reverse-shell",
        &[
            "/dev/tcp/",
            "/dev/udp/",
            "sh -i >&",
            "nc -e /bin/",
            "ncat -e /bin/",
            "mkfifo /tmp/",
            "socat*exec:*pty",
            "fsockopen(*/bin/sh",
            "os.dup2(*/bin/sh",
            "socket.socket(*subprocess.call(",
        ],
    ),
    (
        "mining-pool",
        &[
            "stratum+tcp://",
            "stratum+ssl://",
            "stratum+tls://",
            "stratum2+tcp://",
            "mining.subscribe",
            "xmrig",
            "minexmr.",
            "supportxmr.com",
            "moneroocean.stream",
            "nanopool.org",
            "hashvault.pro",
            "2miners.com",
        ],
    ),
    (
        "credential-dump",
        &[
            "/proc/self/environ",
            "/proc/1/environ",
            "/proc/*/environ",
            "AWS_SECRET_ACCESS_KEY=",
            "AWS_SECRET_ACCESS_KEY\":",
            "AWS_SECRET_ACCESS_KEY':",
            "AWS_SECRET_ACCESS_KEY: '",
            "AWS_SESSION_TOKEN=",
            "169.254.170.2/",
            "169.254.170.23/",
            "169.254.169.254/latest/",
            "/2018-06-01/runtime/invocation/next",
            "/.aws/credentials",
            "/etc/shadow",
        ],
    ),
    (
        "lookup-injection",
        &[
            "${jndi:",
            "%24%7Bjndi:",
            "%24%7Bjndi%3A",
            "$%7Bjndi:",
            "${${lower:",
            "${${upper:",
            "${${env:",
            "${${::-",
        ],
    ),
    (
        "command-injection",
        &[
            "; curl http",
            ";curl http",
            "| curl http",
            "|curl http",
            "&& curl http",
            "$(curl ",
            "`curl ",
            "; wget http",
            ";wget http",
            "| wget http",
            "|wget http",
            "&& wget http",
            "$(wget ",
            "`wget ",
            "curl http*| sh",
            "curl http*|sh",
            "curl http*| bash",
            "curl http*|bash",
            "wget http*| sh",
            "wget http*|sh",
            "base64 -d*| sh",
            "base64 -d*|sh",
            "base64 -d*| bash",
            "base64 -d*|bash",
            "; cat /etc/",
            "| cat /etc/",
            "$(cat /",
            "() { :;}",
            "() { :; }",
            "${IFS}",
        ],
    ),
    (
        "code-injection",
        &[
            "__class__.__mro__",
            "__class__.__base__",
            "__import__('os')",
            "__import__(\"os\")",
            "child_process').exec",
            "child_process\").exec",
            "process.mainModule.require",
            "getRuntime().exec(",
            "T(java.lang.Runtime)",
            "Class.forName(*Runtime",
            "ProcessBuilder(*.start(",
            "_$$ND_FUNC$$_",
            "base64_decode(*eval(",
            "eval(base64_decode(",
        ],
    ),
    (
        "sql-injection",
        &[
            "' or '1'='1",
            "' or 1=1",
            "\" or \"1\"=\"1",
            "'+or+1=1",
            "'+or+'1'='1",
            "%27%20or%20",
            "%27+or+",
            "union select null",
            "union all select null",
            "union+select+",
            "union+all+select+",
            "union%20select%20",
            "union%20all%20select%20",
            "'; drop table ",
            "'; waitfor delay '",
            "xp_cmdshell",
            "pg_sleep(",
        ],
    ),
    (
        "path-traversal",
        &[
            "../../etc/",
            "..%2f..%2f",
            "..%252f..%252f",
            "%2e%2e%2f%2e%2e",
            "..%5c..%5c",
            "/etc/passwd",
            "%2fetc%2fpasswd",
            "../../proc/self",
            "/windows/win.ini",
        ],
    ),
    ("external-entity", &["<!entity*system", "<!entity*public", "%3C%21entity"]),
    (
        "dropped-tool",
        &[
            "chmod +x /tmp/",
            "chmod 777 /tmp/",
            "chmod 755 /tmp/",
            "/tmp/kinsing",
            "/tmp/kdevtmpfsi",
            "linpeas",
            "meterpreter",
            "denonia",
        ],
    ),
];

/// The signatures that are known.
pub fn known() -> Vec<Signature> {
    let pattern = |text: &&str| LinePattern::try_from((*text).to_owned()).ok();
    let one = |(id, any): &(&str, &[&str])| {
        let id = SignatureId::try_from((*id).to_owned()).ok()?;
        Some(Signature { id, any: any.iter().filter_map(pattern).collect() })
    };
    KNOWN.iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_known_signature_is_one_that_a_control_policy_could_hold() {
        let all = known();
        assert_eq!(all.len(), KNOWN.len());
        for (signature, (_, any)) in all.iter().zip(KNOWN) {
            assert_eq!(signature.any.len(), any.len(), "{}", signature.id);
        }
    }
}
