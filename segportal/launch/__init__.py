"""What `manage.py up` is made of: its terminal, its lock, its one-off steps and the processes it watches over."""
