# The git server: smart HTTP over TLS with a login. pedigree's login reads, developer's also pushes.
. "$ROOT/dev/lib/services.sh"
git_title="git server on https://$NODE_IP:8443"
REPOSITORIES=$STATE/git
SOCKET=$STATE/nginx/git/cgi.sock

git_step() {
    need nginx fcgiwrap htpasswd git curl
    make_secret git-token
    make_secret git-push-token
    service_certificate git
    login_file git "$STATE/nginx/git-read.htpasswd" pedigree git-token developer git-push-token
    login_file git "$STATE/nginx/git-push.htpasswd" developer git-push-token
    install -d -o www-data -g www-data -m 755 "$REPOSITORIES" "$STATE/nginx/git"
    start git-cgi setpriv --reuid www-data --regid www-data --clear-groups --no-new-privs \
        env -i PATH=/usr/sbin:/usr/bin:/bin HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 \
        sh -c 'rm -f "$1" && exec fcgiwrap -s "unix:$1"' _ "$SOCKET"
    wait_ready git-cgi 10 test -S "$SOCKET"
    start_site git <<END
    server {
        listen $NODE_IP:8443 ssl;
        ssl_certificate $STATE/pki/git.crt;
        ssl_certificate_key $STATE/pki/git.key;
        client_max_body_size 0;
        auth_basic git;
        set \$logins read;
        if (\$uri ~ /git-receive-pack\$) { set \$logins push; }
        if (\$arg_service = git-receive-pack) { set \$logins push; }
        auth_basic_user_file $STATE/nginx/git-\$logins.htpasswd;
        location ~ ^/[a-z0-9-]+/[a-z0-9-]+\.git/(info/refs|git-(upload|receive)-pack)\$ {
            fastcgi_pass unix:$SOCKET;
            include /etc/nginx/fastcgi_params;
            fastcgi_param SCRIPT_FILENAME /usr/lib/git-core/git-http-backend;
            fastcgi_param GIT_PROJECT_ROOT $REPOSITORIES;
            fastcgi_param GIT_HTTP_EXPORT_ALL "";
            fastcgi_param PATH_INFO \$uri;
            fastcgi_param REMOTE_USER \$remote_user;
            fastcgi_param GIT_PROTOCOL \$http_git_protocol;
            fastcgi_request_buffering off;
            fastcgi_buffering off;
        }
        location / { return 404; }
    }
END
    wait_ready git 20 curl -sS --cacert "$STATE/pki/services-ca.crt" -o /dev/null "https://$NODE_IP:8443/"
    host_service git 8443
}
