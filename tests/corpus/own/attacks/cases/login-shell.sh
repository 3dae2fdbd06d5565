echo true >>/root/.bashrc
