mkdir -p /etc/cron.d
echo '* * * * * root true' >/etc/cron.d/job
rm /etc/cron.d/job
