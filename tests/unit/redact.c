/* SPDX-License-Identifier: GPL-2.0-only */
/* Secrets in arguments are masked, other arguments are not. */
#include "check.h"

#include "../../common/redact.h"

#include <time.h>

/* Arguments here are separated by '|'; '^' stands for a newline. */
struct sample {
	const char *args, *want; /* want NULL: unchanged */
};

static const struct sample secret_samples[] = {
	{ "x|--password=hunter2", "x|--password=***" },
	{ "x|--password=a,b=c d", "x|--password=***" },
	{ "x|--password|hunter2|y", "x|--password|***|y" },
	{ "x|--token|abc", "x|--token|***" },
	{ "x|--api-key=abc|--apikey|def", "x|--api-key=***|--apikey|***" },
	{ "java|-Djavax.net.ssl.keyStorePassword=changeit",
	  "java|-Djavax.net.ssl.keyStorePassword=***" },
	{ "keytool|-storepass|x|-keypass|y", "keytool|-storepass|***|-keypass|***" },
	{ "mysql|-psecret|-uroot|db", "mysql|-p***|-uroot|db" },
	{ "/usr/bin/mysqldump|-psecret", "/usr/bin/mysqldump|-p***" },
	{ "sudo|-u|root|mysql|-psecret", "sudo|-u|root|mysql|-p***" },
	{ "docker|exec|db|mysql|-psecret", "docker|exec|db|mysql|-p***" },
	{ "kubectl|exec|pod|--|mysql|-psecret", "kubectl|exec|pod|--|mysql|-p***" },
	{ "sshpass|-p|X|ssh|h", "sshpass|-p|***|ssh|h" },
	{ "sshpass|-pX|ssh|-p|22|h", "sshpass|-p***|ssh|-p|22|h" },
	{ "curl|-u|user:pass|http://h/", "curl|-u|user:***|http://h/" },
	{ "curl|-uuser:pass|http://h/", "curl|-uuser:***|http://h/" },
	{ "curl|-sSu|user:pass|http://h/", "curl|-sSu|user:***|http://h/" },
	{ "curl|--user=user:pass|--proxy-user|a:b", "curl|--user=user:***|--proxy-user|a:***" },
	{ "curl|-H|Authorization: Bearer abc", "curl|-H|Authorization: Bearer ***" },
	{ "curl|-HAuthorization: Basic abc==", "curl|-HAuthorization: Basic ***" },
	{ "curl|-H|Authorization:Bearer abc", "curl|-H|Authorization:Bearer ***" },
	{ "curl|-H|authorization: abc def", "curl|-H|authorization: ***" },
	{ "curl|--header=Authorization: token abc", "curl|--header=Authorization: token ***" },
	{ "curl|-H|X-Api-Key: a;b c|x", "curl|-H|X-Api-Key: ***|x" },
	{ "curl|-H|X-Auth-Token:abc|x", "curl|-H|X-Auth-Token:***|x" },
	{ "curl|-H|PRIVATE-TOKEN: abc", "curl|-H|PRIVATE-TOKEN: ***" },
	{ "curl|-H|Cookie: a=b; c=d", "curl|-H|Cookie: ***" },
	{ "curl|-d|{\"user\":\"u\",\"password\":\"x,y\",\"n\":1}",
	  "curl|-d|{\"user\":\"u\",\"password\":\"***\",\"n\":1}" },
	{ "curl|-d|{\"user\": \"u\", \"password\": \"x y\", \"n\": 1}",
	  "curl|-d|{\"user\": \"u\", \"password\": \"***\", \"n\": 1}" },
	{ "curl|-d|{\"token\":^  \"x\"}", "curl|-d|{\"token\":^  \"***\"}" },
	{ "curl|-d|user=u&password=p&x=1", "curl|-d|user=u&password=***&x=1" },
	{ "curl|-d|password=p&user=u", "curl|-d|password=***&user=u" },
	{ "http|-a|u:p|h|password=x", "http|-a|u:***|h|password=***" },
	{ "env|AWS_SECRET_ACCESS_KEY=abc/def+x|cmd", "env|AWS_SECRET_ACCESS_KEY=***|cmd" },
	{ "docker|run|-e|MYSQL_ROOT_PASSWORD=a b|db", "docker|run|-e|MYSQL_ROOT_PASSWORD=***|db" },
	{ "docker|login|-u|me|-p|pw|h", "docker|login|-u|me|-p|***|h" },
	{ "env|PGPASSWORD=x|psql", "env|PGPASSWORD=***|psql" },
	{ "kubectl|create|secret|generic|s|--from-literal=password=x",
	  "kubectl|create|secret|generic|s|--from-literal=password=***" },
	{ "kubectl|create|secret|generic|s|--from-literal|api-key=x=",
	  "kubectl|create|secret|generic|s|--from-literal|api-key=***" },
	{ "helm|--set|auth.password=a,image.tag=3", "helm|--set|auth.password=***,image.tag=3" },
	{ "helm|--set|x=1,auth.password=a,y=2", "helm|--set|x=1,auth.password=***,y=2" },
	{ "mount|-o|username=u,password=p,uid=0", "mount|-o|username=u,password=***,uid=0" },
	{ "x|Server=h;Uid=u;Pwd=p;Port=1", "x|Server=h;Uid=u;Pwd=***;Port=1" },
	{ "git|clone|https://u:p@h/r.git", "git|clone|https://u:***@h/r.git" },
	{ "git|clone|https://u:p@ss@h/r.git", "git|clone|https://u:***@h/r.git" },
	{ "git|clone|https://0123456789abcdef0123456789abcdef01234567@h/r",
	  "git|clone|https://***@h/r" },
	{ "git|clone|https://tok:x-oauth-basic@h/r", "git|clone|https://***@h/r" },
	{ "x|postgres://u:p@h:5432/d?sslmode=on", "x|postgres://u:***@h:5432/d?sslmode=on" },
	{ "curl|http://h/?a=1&token=x&b=2#f", "curl|http://h/?a=1&token=***&b=2#f" },
	{ "curl|http://h/?access_token=x", "curl|http://h/?access_token=***" },
	{ "curl|https://hooks.slack.com/services/T0/B0/xyz?a",
	  "curl|https://hooks.slack.com/services/***?a" },
	{ "curl|https://api.telegram.org/bot12:AA/getMe", "curl|https://api.telegram.org/bot***" },
	{ "x|ghp_0123456789abcdefghijABCDEFGHIJ012345", "x|***" },
	{ "x|k=AKIAIOSFODNN7EXAMPLE,", "x|k=***," },
	{ "x|eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_def", "x|***" },
	{ "x|glpat-abcdefghij0123456789", "x|***" },
	{ "x|sk-proj-0123456789abcdefghij", "x|***" },
	{ "x|k=sk_live_0123456789abcdefghij;y", "x|k=***;y" },
	{ "redis-cli|-h|h|-a|pw", "redis-cli|-h|h|-a|***" },
	{ "ldapsearch|-x|-w|pw|-D|cn=x", "ldapsearch|-x|-w|***|-D|cn=x" },
	{ "smbclient|-U|u%p|//h/s", "smbclient|-U|u%***|//h/s" },
	{ "7z|a|-pX|f.7z", "7z|a|-p***|f.7z" },
	{ "openssl|enc|-pass|pass:x", "openssl|enc|-pass|***" },
	{ "openssl|rsa|-passin|pass:x", "openssl|rsa|-passin|pass:***" },
	{ "npm|config|set|//r/:_authToken|x", "npm|config|set|//r/:_authToken|***" },
	{ "aws|configure|set|aws_secret_access_key|x",
	  "aws|configure|set|aws_secret_access_key|***" },
	{ "echo|-----BEGIN RSA PRIVATE KEY-----^MIIE^x==^-----END RSA PRIVATE KEY-----^",
	  "echo|-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----^" },
	{ "echo|-----BEGIN PRIVATE KEY-----^MIIE", "echo|-----BEGIN PRIVATE KEY-----***" },
	/* in a script: the rest is kept */
	{ "sh|-c|curl -H 'Authorization: Bearer abc' http://h/ -o f",
	  "sh|-c|curl -H 'Authorization: Bearer ***' http://h/ -o f" },
	{ "sh|-c|curl -H \"Authorization: Bearer abc\" h; ls -l",
	  "sh|-c|curl -H \"Authorization: Bearer ***\" h; ls -l" },
	{ "bash|-lc|PGPASSWORD=x psql -h db", "bash|-lc|PGPASSWORD=*** psql -h db" },
	{ "sh|-c|PGPASSWORD='x y' psql -h db", "sh|-c|PGPASSWORD='***' psql -h db" },
	{ "sh|-c|mysql -psecret db && echo -p", "sh|-c|mysql -p*** db && echo -p" },
	{ "sh|-c|mysql -p'a b' db", "sh|-c|mysql -p'***' db" },
	{ "sh|-c|mysql --password=\"a b\"c db", "sh|-c|mysql --password=\"***\"*** db" },
	{ "sh|-c|curl -u 'me:a b' h", "sh|-c|curl -u 'me:***' h" },
	{ "sh|-c|curl -u me:ab h", "sh|-c|curl -u me:*** h" },
	{ "sh|-c|curl -u'me:ab' h", "sh|-c|curl -u'me:***' h" },
	{ "sh|-c|x --token abc|y", "sh|-c|x --token ***|y" },
	{ "sh|-c|bash -c \"curl -H \\\"Authorization: Bearer abc\\\" h\" x",
	  "sh|-c|bash -c \"curl -H \\\"Authorization: Bearer ***\\\" h\" x" },
	{ "sh|-c|curl -d '{\"password\": \"x\", \"a\": \"b\"}' h",
	  "sh|-c|curl -d '{\"password\": \"***\", \"a\": \"b\"}' h" },
	{ "sh|-c|curl -d \"{\\\"password\\\":\\\"x\\\",\\\"a\\\":1}\" h",
	  "sh|-c|curl -d \"{\\\"password\\\":\\\"***\\\",\\\"a\\\":1}\" h" },
	{ "sh|-c|export API_TOKEN=abc; run", "sh|-c|export API_TOKEN=***; run" },
	{ "python3|-c|requests.get(u, headers={'Authorization': 'Bearer abc'})",
	  "python3|-c|requests.get(u, headers={'Authorization': '***'})" },
	{ "python3|-c|connect(user='u', password='x y', db='d')",
	  "python3|-c|connect(user='u', password='***', db='d')" },
};

static const struct sample plain_samples[] = {
	{ "docker|run|-p|80:80|nginx", NULL },
	{ "docker|run|--name|mysql|-p3306:3306|mysql", NULL },
	{ "ssh|-p|22|user@host", NULL },
	{ "x|--port=1|--pid=2|-p|80", NULL },
	{ "mkdir|-p|/var/lib/x", NULL },
	{ "cp|-pr|/etc/passwd|/tmp/password", NULL },
	{ "cat|/var/run/secrets/kubernetes.io/serviceaccount/token", NULL },
	{ "x|--token-file=/run/token|--password-file|/x", NULL },
	{ "kubectl|get|secret|db-password|-o|yaml", NULL },
	{ "kubectl|create|secret|generic|name", NULL },
	{ "docker|run|my-token:1.2|org/secret:latest", NULL },
	{ "docker|login|--password-stdin|-u|me", NULL },
	{ "docker|build|--secret|id=npm,src=/x|.", NULL },
	{ "psql|--no-password|-h|h", NULL },
	{ "psql|--password|-h|h|-U|u", NULL },
	{ "mysql|--password|db", NULL },
	{ "mysql|-u|root|-P|3306|-h|h", NULL },
	{ "env|PWD=/root|OLDPWD=/|HOME=/root", NULL },
	{ "vllm|--max-tokens=100|--eos-token|</s>", NULL },
	{ "git|clone|git@github.com:o/r.git", NULL },
	{ "git|clone|ssh://git@h/r.git", NULL },
	{ "git|clone|https://me@h/r.git", NULL },
	{ "docker|pull|nginx:1.2@sha256:abc", NULL },
	{ "curl|http://h:80/a?b=c&d=e", NULL },
	{ "curl|-u|user|http://h/", NULL },
	{ "find|/|-name|*.key|-user|root", NULL },
	{ "sort|-k|2,3|-t|:", NULL },
	{ "grep|-r|password|/etc", NULL },
	{ "ansible|--private-key=/root/.ssh/id_rsa", NULL },
	{ "x|--token=$(cat)", "x|--token=***" },
	{ "sh|-c|TOKEN=$(cat /run/token) run --token \"$TOKEN\" -p 80", NULL },
	{ "sh|-c|curl -H \"Authorization: Bearer $TOKEN\" h", NULL },
	{ "sh|-c|echo can't find it; don't -p 80", NULL },
	{ "sh|-c|while true; do ps -p 1 > /dev/null; done", NULL },
	{ "nginx: worker process", NULL },
	{ "x|task-force-scikit-learn-0123|sk-learn", NULL },
	{ "pip|install|sk-something-long-without-numbers-in-it", NULL },
	{ "x||y|", NULL },
	{ "x|bearer of news", NULL },
	{ "x|-----BEGIN CERTIFICATE-----^MIIE^-----END CERTIFICATE-----", NULL },
	{ "x|--password=", NULL },
	{ "x|--password=|next", NULL },
	{ "", NULL },
};

static void swap(char *text, size_t size, char from, char to)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] == from)
			text[i] = to;
}

static void check_sample(const struct sample *sample)
{
	struct buffer out = { 0 };
	char args[512];
	size_t size = strlen(sample->args) + 1;

	memcpy(args, sample->args, size);
	swap(args, size, '|', '\0');
	swap(args, size, '^', '\n');
	redact_args(&out, (struct text){ args, size });
	CHECK(!out.failed && out.size && !out.bytes[out.size - 1]);
	if (out.size) {
		swap(out.bytes, out.size - 1, '\0', '|');
		swap(out.bytes, out.size, '\n', '^');
		CHECK_STR(out.bytes, sample->want ? sample->want : sample->args);
	}
	buffer_free(&out);
}

static void check_text(const char *text, const char *want)
{
	struct buffer out = { 0 };

	redact_text(&out, (struct text){ text, strlen(text) });
	buffer_byte(&out, '\0');
	CHECK_STR(out.bytes, want);
	buffer_free(&out);
}

static void test_text(void)
{
	check_text("bash ran curl -H Authorization: Bearer abc http://h/",
		   "bash ran curl -H Authorization: Bearer *** http://h/");
	check_text("nginx ran mysql -psecret db", "nginx ran mysql -p*** db");
	check_text("sh -c --password=x y", "sh -c --password=*** y");
	check_text("x read /etc/shadow (pid 7)", "x read /etc/shadow (pid 7)");
	check_text("Cookie: a=b; c=d x", "Cookie: ***; *** x");
	check_text("", "");
}

/* No byte is read or written where there is none, whatever the input. */
static void test_noise(void)
{
	static const char letters[] = "-p=:'\"\\ {}&;,@/$|x\n\0password token://Bearer eyJ sk-1";
	unsigned seed = 7;

	for (int round = 0; round < 20000; round++) {
		struct buffer out = { 0 };
		size_t size = (seed >> 8) % 60;
		char *args = malloc(size + 1);

		for (size_t i = 0; i < size; i++) {
			seed = seed * 1103515245 + 12345;
			args[i] = letters[(seed >> 16) % sizeof(letters)];
		}
		seed = seed * 1103515245 + 12345;
		redact_args(&out, (struct text){ args, size });
		redact_text(&out, (struct text){ args, size });
		if (out.failed)
			CHECK(!"redact_args() failed");
		buffer_free(&out);
		free(args);
	}
	CHECK(1);
}

/* Time grows with the size, also for text that is made to be slow. */
static void test_time(void)
{
	static const char *const parts[] = { "sk-", "\\", "'", "\"", "://", "a=", "&a", "\\\"",
					     "' ", "token=", "-----BEGIN ", "-", "$(", "x' \" " };
	enum { SIZE = 16384 };
	char args[SIZE];

	for (size_t p = 0; p < ARRAY_SIZE(parts); p++) {
		size_t length = strlen(parts[p]);
		struct buffer out = { 0 };
		struct timespec a, b;

		for (size_t i = 0; i < SIZE; i++)
			args[i] = parts[p][i % length];
		args[0] = 'x';
		args[1] = ' ';
		args[SIZE - 1] = '\0';
		clock_gettime(CLOCK_MONOTONIC, &a);
		redact_args(&out, (struct text){ args, SIZE });
		clock_gettime(CLOCK_MONOTONIC, &b);
		long ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000;
		CHECK(ms < 500);
		if (ms > 20)
			printf("# %s: %ld ms\n", parts[p], ms);
		buffer_free(&out);
	}
}

int main(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(secret_samples); i++)
		check_sample(&secret_samples[i]);
	for (size_t i = 0; i < ARRAY_SIZE(plain_samples); i++)
		check_sample(&plain_samples[i]);
	test_text();
	test_noise();
	test_time();
	return check_end();
}
