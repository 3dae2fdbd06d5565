#!/usr/bin/env bats
# cli.bats: what kwp says to words: options, help, errors. Needs no privileges and no kernel.
bats_require_minimum_version 1.5.0
load helpers

setup() { cd "$BATS_TEST_TMPDIR"; }

@test "kwp alone, and unknown commands and options, are exit 2" {
	run -2 --separate-stderr "$KWP"
	[ -z "$output" ]
	[[ $stderr == *Usage:*trace*audit* ]]
	refuses nosuch nosuch
	refuses --nosuch --nosuch
	refuses '--install' --install
	refuses "''" ''
}

@test "help: kwp --help names each command, a command's --help each option and event" {
	run -0 --separate-stderr "$KWP" --help
	[ -z "$stderr" ]
	for c in $("$KWP" --list); do
		[[ $output == *"  $c "* ]]
		"$KWP" "$c" --help >help 2>err
		[ ! -s err ]
		# argp's short form knows each option; the help must have each as well.
		"$KWP" "$c" --usage | grep -oE -- '--[a-z-]+' | sort -u >options
		[ "$(wc -l <options)" -gt 9 ]
		while read -r o; do grep -qE -- "$o([ =[,]|\$)" help || { echo "$c --help lacks $o"; return 1; }; done <options
		awk 'length > 79' help >long
		[ ! -s long ]
	done
	"$KWP" trace --help >help
	for e in exec fork exit open create rename unlink link chmod chown truncate xattr mount umount connect accept bind listen \
		socket dns dup signal ptrace setuid capset setns unshare chroot memfd mmap-exec mprotect module bpf sysctl io-uring; do
		grep -qwF -- "$e" help || { echo "trace --help lacks $e"; return 1; }
	done
}

@test "every option that others share is in each command's help" {
	for c in trace audit; do
		"$KWP" $c --help >help
		for o in --pid --tid --uid --name --follow --container --failed --filter --output --fields --no-header --time \
			--uid-column --sink --no-redact --duration --timeout --count --write --read --backend --buffer --strict \
			--exit-code --verbose --quiet; do
			grep -q -e "$o" help || { echo "$c lacks $o"; return 1; }
		done
	done
}

@test "--version and --list" {
	run -0 "$KWP" --version
	[[ $output =~ ^kwp\ [0-9]+\.[0-9]+\.[0-9]+$ ]]
	run -0 "$KWP" --list
	[[ $output == *trace* && $output == *audit* ]]
	for c in $output; do run -0 "$KWP" "$c" --help; done
}

@test "--install makes links that are the commands" {
	mkdir bin
	run -0 "$KWP" --install bin
	[ "$(ls bin | sort)" = "$("$KWP" --list | sed s/^/kwp-/ | sort)" ]
	run -0 "$KWP" --install bin
	for c in $("$KWP" --list); do
		bin/kwp-$c --help >of-link
		"$KWP" $c --help >of-word
		cmp of-link of-word
	done
	refuses_status=0
	bin/kwp-trace -o nosuch >out 2>err || refuses_status=$?
	[ $refuses_status = 2 ]
	run -3 "$KWP" --install nosuchdirectory
	[[ $output == *nosuchdirectory* ]]
}

@test "bad values are exit 2 and a sentence that names them: numbers" {
	refuses "'abc'" trace -p abc
	refuses "'0'" trace -p 0
	refuses "'-5'" trace -p -5
	refuses "'99999999999'" trace -p 99999999999
	refuses "'x'" trace -p 1,x
	refuses "''" trace -p 1,,2
	refuses "'12x'" trace -t 12x
	refuses "'-1'" trace -u -1
	refuses "'4294967296'" trace -u 4294967296
	refuses "'0'" trace --count 0
	refuses "'1.5'" trace --count 1.5
	refuses "'99999999999999999999'" trace --count 99999999999999999999
	refuses "'0'" trace -d 0
	refuses "'1x'" trace -d 1x
	refuses "'inf'" trace -d inf
	refuses "'nan'" trace --timeout nan
	refuses "''" trace -d ''
	refuses 100 trace --buffer 100
	refuses "'1'" trace --buffer 1
	refuses "'x'" trace --summary=x
	refuses "'0'" trace --summary=0
}

@test "bad values: names, with what was meant" {
	refuses "'xml': text or json" trace -o xml
	refuses "'opn'; did you mean 'open'?" trace -e opn
	refuses "'conect'; did you mean 'connect'?" trace -e exec,conect
	refuses "'zzzzzz'" trace -e zzzzzz
	refuses "''" trace -e exec,,open
	refuses "no event" trace -e ''
	refuses "'loss'" trace -e loss
	refuses "'opnat'; did you mean 'openat'?" trace -e syscall:opnat
	refuses "syscall:" trace -e getpid
	refuses "'proces.pid'; did you mean 'process.pid'?" trace --fields proces.pid
	refuses "'zzzz'" trace --fields process.pid,zzzz
	refuses "''" trace --fields ,
	refuses "'nosuch': lsm, fmod_ret or tracepoint" trace --backend nosuch
	refuses "'bad': info, low, medium, high or critical" audit --severity bad
	refuses "'process.nam'; did you mean 'process.name'?" trace --filter process.nam==x
}

@test "bad filters, with the place" {
	refuses "character 1:" trace --filter 'foo==1'
	refuses "character 14" trace --filter 'process.pid=='
	refuses "character 14" trace --filter 'process.pid==abc'
	refuses "--filter" trace --filter 'process.name~('
	refuses "--filter" trace --filter 'process.name==x and'
	refuses "--filter" trace --filter '(process.name==x'
	refuses "--filter" trace --filter ''
	refuses "--filter" trace --filter process.pid==1 --filter process.pid==2
}

@test "options that are not there, words too many, values that lack" {
	refuses "--nosuch" trace --nosuch
	refuses "'Z'" trace -Z
	refuses "'word'" trace word
	refuses "'extra'" audit extra
	refuses "'e'" trace -e
	refuses "'--fields'" trace --fields
	refuses "-f needs -p" trace -f
	refuses "--read" trace --read x -- true
}

@test "files and sinks that can't be" {
	refuses /nosuch/file trace --read /nosuch/file
	refuses /etc/passwd trace --read /etc/passwd
	refuses /nosuch/dir/f trace --read "$DATA/acts.kwp" -w /nosuch/dir/f
	refuses "tcp:nohost" trace --read "$DATA/acts.kwp" -w tcp:nohost
	refuses "tcp:h:99999" trace --read "$DATA/acts.kwp" -w tcp:h:99999
	refuses "vsock:x:1" trace --read "$DATA/acts.kwp" -w vsock:x:1
	refuses /nosuch/x trace --read "$DATA/acts.kwp" --write /nosuch/x
	echo precious >kept
	refuses kept trace --read "$DATA/acts.kwp" --write kept
	[ "$(cat kept)" = precious ]
}

@test "without root: one clear sentence and exit 3" {
	[ "$(id -u)" = 0 ] || skip "needs root to become nobody"
	install -m 755 "$KWP" /tmp/kwp.$$
	for form in "trace -e exec -d 1" "trace -- true" "audit -d 1" "trace -e syscall:read -d 1"; do
		run -3 --separate-stderr setpriv --reuid 65534 --regid 65534 --clear-groups /tmp/kwp.$$ $form
		[ -z "$output" ]
		[ "${#stderr_lines[@]}" = 1 ]
		[[ $stderr == *"needs root"* ]]
	done
	for form in "--help" "--list" "--schema" "--version" "trace --help" "audit --list" "audit --check"; do
		run -0 setpriv --reuid 65534 --regid 65534 --clear-groups /tmp/kwp.$$ $form
	done
	rm /tmp/kwp.$$
}

@test "an output that is full or closed: --help, --schema, --list are not 0" {
	for word in --help --schema --list --version; do
		status=0
		"$KWP" $word >/dev/full 2>err || status=$?
		[ $status != 0 ] || { echo "$word >/dev/full is 0"; return 1; }
	done
}

@test "more than 16 destinations are refused: each may hold up the end" {
	words=()
	for n in {1..17}; do words+=(-w "unix:$n"); done
	refuses 'at most 16' trace "${words[@]}"
}

@test "-- without a command is a usage error" {
	run -2 "$KWP" trace --
	[[ $output == *"a command is missing behind --"* ]]
	run -2 "$KWP" audit -q --
}
