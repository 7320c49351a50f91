from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('taxonomy', '0002_guards'),
    ]

    operations = [
        migrations.AddField(
            model_name='historicalobjective',
            name='basis',
            field=models.CharField(blank=True, help_text='How the baseline was found.', max_length=600),
        ),
        migrations.AddField(
            model_name='objective',
            name='basis',
            field=models.CharField(blank=True, help_text='How the baseline was found.', max_length=600),
        ),
    ]
