//! The variables, by what reads them. Lambda refuses names that begin with `_` and those it reserves;
//! they stand here all the same, so that nothing changes on the day when it does not.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>

use super::{Harmless, Name, Reach, Variable};

const LOADER: &str = "https://man7.org/linux/man-pages/man8/ld.so.8.html";
const OPENSSL: &str = "https://docs.openssl.org/master/man7/openssl-env/";
const NODE: &str = "https://nodejs.org/api/cli.html#environment-variables_1";
const PYTHON: &str = "https://docs.python.org/3/using/cmdline.html#environment-variables";
const BASH: &str = "https://www.gnu.org/software/bash/manual/html_node/Bash-Startup-Files.html";
const PERL: &str = "https://perldoc.perl.org/perlrun#ENVIRONMENT";
const RUBY: &str = "https://docs.ruby-lang.org/ja/latest/doc/spec=2fenvvars.html";
const GEMS: &str = "https://guides.rubygems.org/command-reference/#gem-environment";
const LAMBDA_JAVA: &str =
    "https://docs.aws.amazon.com/lambda/latest/dg/java-customization.html#java-tool-options";
const JAVA: &str = "https://docs.oracle.com/en/java/javase/21/docs/specs/man/java.html";
const DOTNET: &str =
    "https://learn.microsoft.com/en-us/dotnet/core/tools/dotnet-environment-variables";
const PROFILER: &str =
    "https://learn.microsoft.com/en-us/dotnet/core/runtime-config/debugging-profiling";
const PHP: &str = "https://www.php.net/manual/en/configuration.file.php";
const LAMBDA: &str = "https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html";
const WRAPPER: &str = "https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html";
const ENDPOINTS: &str = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html";
const SDK_FILES: &str = "https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html";
const SDK_CREDENTIALS: &str =
    "https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html";
const SDK_GENERAL: &str = "https://docs.aws.amazon.com/sdkref/latest/guide/feature-gen-config.html";
const CURL: &str = "https://curl.se/docs/manpage.html#ENVIRONMENT";
const REQUESTS: &str =
    "https://requests.readthedocs.io/en/latest/user/advanced/#ssl-cert-verification";
const HOSTS: &str = "https://man7.org/linux/man-pages/man7/hostname.7.html";

/// Options of Node.js that load nothing.
const NODE_OPTIONS: Harmless = Harmless::Options(&[
    "--enable-source-maps",
    "--max-old-space-size=",
    "--max-semi-space-size=",
    "--max-http-header-size=",
    "--no-deprecation",
    "--no-warnings",
    "--stack-trace-limit=",
    "--trace-deprecation",
    "--trace-warnings",
    "--unhandled-rejections=",
    "--dns-result-order=",
]);

/// Options of the Java virtual machine that load nothing; the first two are AWS's own advice.
const JAVA_OPTIONS: Harmless = Harmless::Options(&[
    "-XX:+TieredCompilation",
    "-XX:TieredStopAtLevel=",
    "-XX:+UseSerialGC",
    "-XX:MaxRAMPercentage=",
    "-XX:ActiveProcessorCount=",
    "-Dfile.encoding=",
    "-Duser.timezone=",
    "-Djava.net.preferIPv4Stack=",
    "-Dlog4j2.formatMsgNoLookups=true",
    "--enable-native-access=",
]);

const fn code(
    name: &'static str,
    why: &'static str,
    source: &'static str,
    harmless: Harmless,
) -> Variable {
    Variable { name: Name::Is(name), reach: Reach::Code, why, source, harmless }
}

const fn codes(start: &'static str, why: &'static str, source: &'static str) -> Variable {
    let name = Name::StartsWith(start);
    Variable { name, reach: Reach::Code, why, source, harmless: Harmless::None }
}

const fn traffic(name: Name, why: &'static str, source: &'static str) -> Variable {
    Variable { name, reach: Reach::Traffic, why, source, harmless: Harmless::None }
}

/// Every variable, once.
pub const TABLE: &[Variable] = &[
    code(
        "AWS_LAMBDA_EXEC_WRAPPER",
        "starts a script in place of the runtime",
        WRAPPER,
        Harmless::None,
    ),
    code("PATH", "says where programs are looked for", LAMBDA, Harmless::Directories),
    code("LD_PRELOAD", "loads a library into every program", LOADER, Harmless::None),
    code("LD_AUDIT", "loads a library into every program", LOADER, Harmless::None),
    code("LD_LIBRARY_PATH", "says where libraries are looked for", LOADER, Harmless::Directories),
    code("OPENSSL_CONF", "can have OpenSSL load a library", OPENSSL, Harmless::None),
    code(
        "OPENSSL_ENGINES",
        "says where OpenSSL looks for libraries",
        OPENSSL,
        Harmless::Directories,
    ),
    code(
        "OPENSSL_MODULES",
        "says where OpenSSL looks for libraries",
        OPENSSL,
        Harmless::Directories,
    ),
    code("NODE_OPTIONS", "can have Node.js load a module first", NODE, NODE_OPTIONS),
    code("NODE_PATH", "says where Node.js looks for modules", NODE, Harmless::Directories),
    code("PYTHONPATH", "says where Python looks for modules first", PYTHON, Harmless::Directories),
    code("PYTHONHOME", "says where Python's own modules are", PYTHON, Harmless::Directories),
    code("PYTHONUSERBASE", "says where Python looks for packages", PYTHON, Harmless::Directories),
    code(
        "PYTHONPYCACHEPREFIX",
        "says where Python reads compiled code",
        PYTHON,
        Harmless::Directories,
    ),
    code("PYTHONSTARTUP", "has Python run a file first", PYTHON, Harmless::None),
    code(
        "PYTHONBREAKPOINT",
        "has Python call a function of a module",
        PYTHON,
        Harmless::Value("0"),
    ),
    code("PYTHONWARNINGS", "can have Python import a module first", PYTHON, Harmless::Warnings),
    code("BASH_ENV", "has every shell script run a file first", BASH, Harmless::None),
    code("PERL5OPT", "can have Perl load a module first", PERL, Harmless::None),
    code("PERL5DB", "has Perl run a line of code", PERL, Harmless::None),
    code("PERL5LIB", "says where Perl looks for modules first", PERL, Harmless::Directories),
    code(
        "RUBYOPT",
        "can have Ruby load a file first",
        RUBY,
        Harmless::Options(&["-W0", "-W:no-deprecated", "--yjit", "--enable-frozen-string-literal"]),
    ),
    code("RUBYLIB", "says where Ruby looks for files first", RUBY, Harmless::Directories),
    code("GEM_HOME", "says where Ruby looks for gems", GEMS, Harmless::Directories),
    code("GEM_PATH", "says where Ruby looks for gems", GEMS, Harmless::Directories),
    code(
        "BUNDLE_GEMFILE",
        "says which gems are loaded",
        "https://bundler.io/man/bundle-config.1.html",
        Harmless::Directories,
    ),
    code("JAVA_TOOL_OPTIONS", "can have Java load an agent first", LAMBDA_JAVA, JAVA_OPTIONS),
    code("JDK_JAVA_OPTIONS", "can have Java load an agent first", JAVA, JAVA_OPTIONS),
    code("_JAVA_OPTIONS", "can have Java load an agent first", LAMBDA_JAVA, JAVA_OPTIONS),
    code("CLASSPATH", "says where Java looks for classes", JAVA, Harmless::Directories),
    code("DOTNET_STARTUP_HOOKS", "has .NET run an assembly first", DOTNET, Harmless::None),
    code("DOTNET_ADDITIONAL_DEPS", "has .NET load more assemblies", DOTNET, Harmless::None),
    code(
        "DOTNET_SHARED_STORE",
        "says where .NET looks for assemblies",
        DOTNET,
        Harmless::Directories,
    ),
    codes("CORECLR_PROFILER", "names a library that .NET loads", PROFILER),
    codes("DOTNET_PROFILER", "names a library that .NET loads", PROFILER),
    code("CORECLR_ENABLE_PROFILING", "has .NET load a library", PROFILER, Harmless::Value("0")),
    code("DOTNET_ENABLE_PROFILING", "has .NET load a library", PROFILER, Harmless::Value("0")),
    code(
        "PHPRC",
        "says where PHP's settings are, which can load a file first",
        PHP,
        Harmless::Directories,
    ),
    code(
        "PHP_INI_SCAN_DIR",
        "says where PHP's settings are, which can load a file first",
        PHP,
        Harmless::Directories,
    ),
    code(
        "AWS_CONFIG_FILE",
        "names settings of the AWS SDK, which can start a program",
        SDK_FILES,
        Harmless::Directories,
    ),
    code(
        "AWS_SHARED_CREDENTIALS_FILE",
        "names settings of the AWS SDK, which can start a program",
        SDK_FILES,
        Harmless::Directories,
    ),
    traffic(
        Name::Is("AWS_LAMBDA_RUNTIME_API"),
        "says where events come from and results go",
        LAMBDA,
    ),
    traffic(Name::StartsWith("AWS_ENDPOINT_URL"), "says where requests to AWS go", ENDPOINTS),
    traffic(
        Name::StartsWith("AWS_CONTAINER_CREDENTIALS_"),
        "says where credentials come from",
        SDK_CREDENTIALS,
    ),
    traffic(
        Name::Is("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
        "is shown to where credentials come from",
        SDK_CREDENTIALS,
    ),
    traffic(Name::Is("AWS_CA_BUNDLE"), "says which certificates the AWS SDK believes", SDK_GENERAL),
    traffic(Name::InAnyCase("HTTP_PROXY"), "sends requests through another host", CURL),
    traffic(Name::InAnyCase("HTTPS_PROXY"), "sends requests through another host", CURL),
    traffic(Name::InAnyCase("ALL_PROXY"), "sends requests through another host", CURL),
    traffic(Name::Is("SSL_CERT_FILE"), "says which certificates are believed", OPENSSL),
    traffic(Name::Is("SSL_CERT_DIR"), "says which certificates are believed", OPENSSL),
    traffic(Name::Is("CURL_CA_BUNDLE"), "says which certificates are believed", CURL),
    traffic(Name::Is("REQUESTS_CA_BUNDLE"), "says which certificates are believed", REQUESTS),
    traffic(Name::Is("NODE_EXTRA_CA_CERTS"), "says which certificates are believed too", NODE),
    Variable {
        harmless: Harmless::Value("1"),
        ..traffic(Name::Is("NODE_TLS_REJECT_UNAUTHORIZED"), "has any certificate believed", NODE)
    },
    traffic(Name::Is("HOSTALIASES"), "gives hosts other names", HOSTS),
];
